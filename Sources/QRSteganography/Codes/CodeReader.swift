import Foundation

/// Reads the code of a mark from soft values, or says that there is none.
///
/// For each likely version and format the mask is removed, and every Reed–Solomon block is decoded:
/// first algebraically with the weakest codewords erased, then, for each likely length of the text,
/// by ordered statistics with all bits known that such a text determines. What is found counts only
/// if it is a text to the last bit, and if unmarked media would hardly agree with it so well. At
/// last zbar reads the corrected code.
public struct CodeReader: Sendable {
  /// How long to search.
  public enum Effort: Sendable {
    /// A few milliseconds: for every frame of a video.
    case frame
    /// Up to some tenths of a second where nothing is found: for a still, or the sum over a clip.
    case thorough
  }

  /// The largest ``CodeReading/pValue`` that counts as a mark.
  ///
  /// Far below what false alarms demand: near it, a wrong code close to the right one is found now
  /// and then.
  public static let significance = 1e-12
  /// What every block must be worth by itself, the other hypotheses left aside; else a wrong block
  /// could hide behind right ones.
  static let blockSignificance = 1e-15
  /// Below this no better code is searched for.
  private static let certainty = 1e-18

  public init() {}

  /// The most significant code in the soft values, or `nil` if there is none to be sure of.
  public func read(_ soft: SoftCode, effort: Effort = .thorough) -> CodeReading? {
    let limits = SearchLimits(effort)
    let decoders = decoders(for: soft, limits)
    var best = Best()
    for decoder in decoders {
      best.consider(decoder.algebraicallyDecoded(), decoder)
      if best.logPValue < log(Self.certainty) { return best.reading }
    }
    let attempts = decoders.map(SoftSearch.init).flatMap { search in
      search.rankedHypotheses().map { (search: search, hypothesis: $0) }
    }
    // Formats of one version compete by likelihood; the likelier version comes first.
    let ranked = attempts.sorted {
      let (a, b) = ($0.search.decoder, $1.search.decoder)
      return a.rank != b.rank
        ? a.rank < b.rank
        : a.formatScore + $0.hypothesis.score > b.formatScore + $1.hypothesis.score
    }
    for (count, effort) in limits.stages {
      for (search, hypothesis) in ranked.prefix(count) {
        best.consider(search.decoded(hypothesis, effort: effort), search.decoder)
        if best.logPValue < log(Self.certainty) { return best.reading }
      }
    }
    return best.logPValue < log(Self.significance) ? best.reading : nil
  }

  /// The probability that unmarked media agrees so well with one given code.
  ///
  /// For checking a mark whose text is known: it needs no decoding, so it is far smaller than the
  /// ``CodeReading/pValue`` of a reading, and meaningful where no code can be read.
  public static func pValue(of code: QRCode, in soft: SoftCode) -> Double {
    exp(Agreement(of: soft.values(version: code.version), with: code).logProbability)
  }

  /// One decoder for each likely version and format, the likeliest versions first.
  private func decoders(for soft: SoftCode, _ limits: SearchLimits) -> [CodewordDecoder] {
    let candidates = QRCode.versions.map { VersionCandidate(version: $0, in: soft) }
      .filter { $0.functionErrorShare < 0.33 }
      .sorted { $0.functionAgreement > $1.functionAgreement }
    var decoders: [CodewordDecoder] = []
    for (rank, candidate) in candidates.prefix(limits.versions).enumerated()
    where candidate.functionAgreement > candidates[0].functionAgreement - 0.2 {
      let formats = FormatInformation.ranked(by: candidate.ratios, in: candidate.layout)
      for (format, score, correlation) in formats.prefix(limits.formats)
      where score > formats[0].score - 12 && correlation > limits.formatCorrelation {
        decoders.append(
          CodewordDecoder(candidate, rank: rank, format: format, formatScore: score))
      }
    }
    return decoders
  }
}

/// The most significant code found so far.
private struct Best {
  private(set) var logPValue = 0.0
  private var found: (code: QRCode, errorShare: Double)?

  mutating func consider(_ codewords: BlockCodewords?, _ decoder: CodewordDecoder) {
    guard let codewords, let text = Payload.text(in: codewords.data) else { return }
    let candidate = decoder.candidate
    let code = QRCode(
      text: text, version: candidate.layout.version, format: decoder.format,
      codewords: codewords.interleaved)
    let agreement = Agreement(of: candidate.ratios, with: code)
    let surprise = agreement.logProbability - code.logPrior
    guard surprise < logPValue, decoder.supports(codewords, code) else { return }
    (logPValue, found) = (surprise, (code, agreement.errorShare))
  }

  var reading: CodeReading? {
    found.map { code, errorShare in
      CodeReading(
        code: code, moduleErrorRate: errorShare, pValue: exp(logPValue),
        isConfirmedByReader: code.isConfirmedByReader)
    }
  }
}

/// How much is tried before a reader gives up.
private struct SearchLimits {
  let versions: Int
  let formats: Int
  /// How well format bits must agree with a format; the best of 32 reaches 0.38 by chance, and
  /// that of a code with one module in ten wrong 0.8.
  let formatCorrelation: Float
  /// How many hypotheses are searched, and how; first many a little, then few thoroughly.
  let stages: [(hypotheses: Int, effort: OrderedStatisticsDecoder.Effort)]

  init(_ effort: CodeReader.Effort) {
    switch effort {
    case .frame:
      (versions, formats, formatCorrelation) = (2, 2, 0.5)
      stages = [
        (2, .init(rounds: 1, pairs: 80, triples: 0)), (1, .init(rounds: 5, pairs: 80, triples: 0)),
      ]
    case .thorough:
      (versions, formats, formatCorrelation) = (2, 4, 0.3)
      stages = [
        (8, .init(rounds: 1, pairs: 100, triples: 30)),
        (3, .init(rounds: 60, pairs: 100, triples: 30)),
      ]
    }
  }
}
