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
  public static let significance = 1e-12
  /// Below this no better code is searched for.
  private static let certainty = 1e-25

  public init() {}

  /// The most probable code in the soft values, or `nil` if there is none to be sure of.
  public func read(_ soft: SoftCode, effort: Effort = .thorough) -> CodeReading? {
    let candidates = QRCode.versions.map { VersionCandidate(version: $0, in: soft) }
      .filter { $0.functionErrorShare < 0.33 }
      .sorted { $0.functionAgreement > $1.functionAgreement }
    let limits = Limits(effort)
    var best: (code: QRCode, agreement: Agreement, logPValue: Double)?
    for candidate in candidates.prefix(limits.versions)
    where candidate.functionAgreement > candidates[0].functionAgreement - 0.2 {
      let formats = FormatInformation.ranked(by: candidate.ratios, in: candidate.layout)
      for (format, score, correlation) in formats.prefix(limits.formats)
      where score > formats[0].score - 12 && correlation > limits.formatCorrelation {
        let decoder = CodewordDecoder(candidate, format: format)
        for codewords in decoder.codewords(effort: effort) {
          guard let code = codewords.code(candidate.layout.version, format) else { continue }
          let agreement = Agreement(of: candidate.ratios, with: code)
          let logPValue = min(0, agreement.logProbability - code.logPrior)
          if logPValue < best?.logPValue ?? 0 { best = (code, agreement, logPValue) }
          if logPValue < log(Self.certainty) { break }
        }
        if let best, best.logPValue < log(Self.certainty) { return reading(best) }
      }
    }
    return best.flatMap { reading($0) }
  }

  /// The probability that unmarked media agrees so well with one given code.
  ///
  /// For checking a mark whose text is known: it needs no decoding, so it is far smaller than the
  /// ``CodeReading/pValue`` of a reading, and meaningful where no code can be read.
  public static func pValue(of code: QRCode, in soft: SoftCode) -> Double {
    exp(Agreement(of: soft.values(version: code.version), with: code).logProbability)
  }

  private func reading(
    _ found: (code: QRCode, agreement: Agreement, logPValue: Double)
  ) -> CodeReading? {
    guard found.logPValue < log(Self.significance) else { return nil }
    return CodeReading(
      code: found.code, moduleErrorRate: found.agreement.errorShare, pValue: exp(found.logPValue),
      isConfirmedByReader: found.code.isConfirmedByReader)
  }
}

extension BlockCodewords {
  /// The code with these codewords, if their data are a text to the last bit.
  fileprivate func code(_ version: Int, _ format: FormatInformation) -> QRCode? {
    Payload.text(in: data).map {
      QRCode(text: $0, version: version, format: format, codewords: interleaved)
    }
  }
}

/// How much is tried before a reader gives up.
private struct Limits {
  let versions: Int
  let formats: Int
  /// How well format bits must agree with a format; the best of 32 reaches 0.38 by chance, and
  /// that of a code with one module in ten wrong 0.8.
  let formatCorrelation: Float

  init(_ effort: CodeReader.Effort) {
    (versions, formats, formatCorrelation) = effort == .frame ? (2, 2, 0.5) : (2, 4, 0.3)
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
