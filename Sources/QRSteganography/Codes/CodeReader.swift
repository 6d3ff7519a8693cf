import Foundation

/// Reads the code of a mark from soft values, or says that there is none.
///
/// For each likely version, format and text length: the known modules are set aside, the mask is
/// removed, and every Reed–Solomon block is decoded, first algebraically with the weakest codewords
/// erased, then by ordered statistics with all bits known that such a text determines. What is
/// found counts only if it is a text to the last bit, and if unmarked media would hardly agree with
/// it so well. At last zbar reads the corrected code.
public struct CodeReader: Sendable {
  /// How long to search.
  public enum Effort: Sendable {
    /// A few milliseconds: for every frame of a video.
    case frame
    /// Some tens of milliseconds: for a still or for the sum over a clip.
    case thorough
  }

  /// The largest ``CodeReading/pValue`` that counts as a mark.
  public static let significance = 1e-9

  public init() {}

  /// The most probable code in the soft values, or `nil` if there is none to be sure of.
  public func read(_ soft: SoftCode, effort: Effort = .thorough) -> CodeReading? {
    let candidates = QRCode.versions.map { VersionCandidate(version: $0, in: soft) }
      .filter { $0.functionErrorShare < 0.33 }
      .sorted { $0.functionAgreement > $1.functionAgreement }
    for candidate in candidates.prefix(effort == .frame ? 2 : 3) {
      let formats = FormatInformation.ranked(by: candidate.ratios, in: candidate.layout)
      for (format, score) in formats.prefix(effort == .frame ? 2 : 4)
      where score > formats[0].score - 20 {
        let decoder = CodewordDecoder(candidate, format: format)
        for codewords in decoder.codewords(effort: effort) {
          if let reading = reading(of: codewords, candidate, format) { return reading }
        }
      }
    }
    return nil
  }

  /// The probability that unmarked media agrees so well with one given code.
  ///
  /// For checking a mark whose text is known: it needs no decoding, so it is far smaller than the
  /// ``CodeReading/pValue`` of a reading, and meaningful where no code can be read.
  public static func pValue(of code: QRCode, in soft: SoftCode) -> Double {
    exp(Agreement(of: soft.values(version: code.version), with: code).logProbability)
  }

  private func reading(
    of codewords: BlockCodewords, _ candidate: VersionCandidate, _ format: FormatInformation
  ) -> CodeReading? {
    guard let text = Payload.text(in: codewords.data) else { return nil }
    let code = QRCode(
      text: text, version: candidate.layout.version, format: format,
      codewords: codewords.interleaved)
    let agreement = Agreement(of: candidate.ratios, with: code)
    let pValue = exp(min(0, agreement.logProbability - code.logPrior))
    guard pValue < Self.significance else { return nil }
    return CodeReading(
      code: code, moduleErrorRate: agreement.errorShare, pValue: pValue,
      isConfirmedByReader: code.isConfirmedByReader)
  }
}

/// One version the code might have, and how well the modules known for it agree.
struct VersionCandidate {
  let layout: CodeLayout
  /// Log-likelihood ratio of dark to light for every module, in natural units as far as known.
  let ratios: [Float]
  /// The share of function modules whose hard decision is wrong.
  let functionErrorShare: Float
  /// The correlation of the soft values with the function modules, −1…1.
  let functionAgreement: Float

  init(version: Int, in soft: SoftCode) {
    layout = CodeLayout.of(version: version)
    let values = soft.values(version: version)
    var sum: Float = 0
    var power: Float = 0
    var wrong = 0
    for module in layout.functionModules {
      let value = module.isDark ? values[module.index] : -values[module.index]
      sum += value
      power += value * value
      if value <= 0 { wrong += 1 }
    }
    let count = Float(layout.functionModules.count)
    functionErrorShare = power > 0 ? Float(wrong) / count : 1
    functionAgreement = power > 0 ? sum / (power * count).squareRoot() : -1
    let scale = Self.scale(of: layout.dataModules.map { values[$0] })
    ratios = values.map { max(-25, min(25, $0 * scale)) }
  }

  /// The factor that makes log-likelihood ratios of values that are ±m with normal noise added.
  ///
  /// m and the noise follow from the second and fourth moments, without knowing any sign: E x² =
  /// m² + s² and E x⁴ = m⁴ + 6 m² s² + 3 s⁴; the factor is 2 m / s².
  private static func scale(of values: [Float]) -> Float {
    var second: Float = 0
    var fourth: Float = 0
    for value in values {
      second += value * value
      fourth += value * value * value * value
    }
    second /= Float(values.count)
    fourth /= Float(values.count)
    guard second > 0, fourth.isFinite else { return 1 }
    let mean = max(0, (3 * second * second - fourth) / 2).squareRoot().squareRoot()
    let noise = second - mean * mean
    // Where the moments say nothing sensible, as if one module in ten were wrong.
    guard mean * mean > 0.2 * second, noise > 0.01 * second else {
      return noise > 0.01 * second ? 2 / second.squareRoot() : 20 / second.squareRoot()
    }
    return 2 * mean / noise
  }
}
