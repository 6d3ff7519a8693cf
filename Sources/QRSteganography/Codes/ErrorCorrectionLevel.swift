/// How much of a code may be wrong before it can no longer be read.
///
/// Source: ISO/IEC 18004:2015, 7.5.1.
public enum ErrorCorrectionLevel: String, CaseIterable, Hashable, Sendable {
  case low = "L"
  case medium = "M"
  case quartile = "Q"
  case high = "H"

  /// The two bits that stand for the level in a code's format information.
  var formatBits: Int {
    switch self {
    case .low: 0b01
    case .medium: 0b00
    case .quartile: 0b11
    case .high: 0b10
    }
  }
}
