/// The level and mask of a code, as the 15 bits that each code carries twice.
///
/// Source: ISO/IEC 18004:2015, 7.9 and annex C.
struct FormatInformation: Hashable, Sendable {
  let level: ErrorCorrectionLevel
  let mask: Int

  /// All 32 formats there are.
  static let all: [FormatInformation] = ErrorCorrectionLevel.allCases.flatMap { level in
    (0..<8).map { FormatInformation(level: level, mask: $0) }
  }

  /// The five bits with their ten check bits (generator 0x537), masked by 0x5412.
  var bits: Int {
    let data = level.formatBits << 3 | mask
    var remainder = data
    for _ in 0..<10 { remainder = remainder << 1 ^ (remainder >> 9) * 0x537 }
    return (data << 10 | remainder) ^ 0x5412
  }

  /// All formats with how well both copies agree with them, the likeliest first.
  ///
  /// - Parameter ratios: Log-likelihood ratio of dark to light for every module of the code.
  /// - Returns: For each format its log-likelihood but for a constant, and the correlation of the
  ///   soft bits with its own, −1…1.
  static func ranked(
    by ratios: [Float], in layout: CodeLayout
  ) -> [(format: FormatInformation, score: Float, correlation: Float)] {
    let modules = layout.formatCopies.joined()
    let power = modules.reduce(0) { $0 + ratios[$1] * ratios[$1] }
    let length = max(.leastNormalMagnitude, (power * Float(modules.count)).squareRoot())
    let scored = all.map { format in
      let bits = format.bits
      var sum: Float = 0
      for copy in layout.formatCopies {
        for (i, module) in copy.enumerated() {
          sum += bits >> i & 1 == 1 ? ratios[module] : -ratios[module]
        }
      }
      return (format: format, score: sum / 2, correlation: sum / length)
    }
    return scored.sorted { $0.score > $1.score }
  }
}
