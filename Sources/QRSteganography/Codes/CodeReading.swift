/// A code that was read, and how surely.
public struct CodeReading: Sendable {
  /// The code as it was before anything happened to it.
  public let code: QRCode
  /// The share of its data modules that had to be corrected.
  public let moduleErrorRate: Double
  /// The probability that unmarked media agrees so well with any mark.
  ///
  /// Conservative: it is the probability of this agreement under fair or unfair coins, times the
  /// number of marks there could be (see `QRCode.logPrior`). 0 where below what a `Double` holds.
  public let pValue: Double
  /// Whether zbar, given the corrected code, reads the same text.
  public let isConfirmedByReader: Bool

  public var text: String { code.text }
}
