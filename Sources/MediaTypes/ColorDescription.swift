/// What the sample values of a picture mean, in the codes of ITU-T H.273.
public struct ColorDescription: Hashable, Sendable {
  public enum Range: Sendable {
    /// Luma 16…235 and chroma 16…240 of 255, and in proportion at greater depths.
    case limited
    /// All codes.
    case full
  }

  /// How luma and colour differences follow from red, green and blue; raw values are H.273 codes.
  public enum Matrix: Int, Sendable {
    case identity = 0  // planes are R, G, B
    case bt709 = 1
    case unspecified = 2
    case fcc = 4
    case bt601 = 5  // 625 lines
    case bt601NTSC = 6  // 525 lines; the same numbers
    case smpte240 = 7
    case yCgCo = 8
    case bt2020 = 9
    case bt2020ConstantLuminance = 10
    case chromaDerived = 12
    case chromaDerivedConstantLuminance = 13
    case iCtCp = 14
  }

  public var range: Range
  public var matrix: Matrix
  /// H.273 colour primaries; 2 is unspecified.
  public var primaries: Int
  /// H.273 transfer characteristics; 2 is unspecified.
  public var transfer: Int
  /// Where chroma samples lie, as FFmpeg numbers it; 0 is unspecified.
  public var chromaLocation: Int

  public init(
    range: Range, matrix: Matrix, primaries: Int = 2, transfer: Int = 2, chromaLocation: Int = 0
  ) {
    self.range = range
    self.matrix = matrix
    self.primaries = primaries
    self.transfer = transfer
    self.chromaLocation = chromaLocation
  }

  /// sRGB pictures.
  public static let rgb = ColorDescription(
    range: .full, matrix: .identity, primaries: 1, transfer: 13)
  /// What JFIF prescribes.
  public static let jpeg = ColorDescription(range: .full, matrix: .bt601)
  public static let unspecifiedVideo = ColorDescription(range: .limited, matrix: .unspecified)

  /// The weights of red and blue in luma; green has the rest.
  ///
  /// An unspecified matrix is taken as players take it: BT.709 from 720 lines up, else BT.601.
  public func lumaWeights(height: Int) -> (red: Float, blue: Float) {
    switch matrix {
    case .bt709: (0.2126, 0.0722)
    case .bt2020, .bt2020ConstantLuminance, .iCtCp: (0.2627, 0.0593)
    case .fcc: (0.30, 0.11)
    case .smpte240: (0.212, 0.087)
    case .unspecified where height >= 720: (0.2126, 0.0722)
    default: (0.299, 0.114)
    }
  }
}
