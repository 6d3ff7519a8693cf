import Foundation

/// Decodes the blocks of a code by ordered statistics, given the bits that texts of one length share.
struct SoftSearch {
  /// What texts of one length have in common.
  struct Hypothesis {
    /// For every bit of the data, 0 or 1 where known.
    let known: [UInt8?]
    /// How much likelier the known bits are as they should be than as coins, as a logarithm.
    let score: Float
  }

  /// The log-likelihood ratio that stands for a bit known beforehand.
  static let certain: Float = 1000

  let decoder: CodewordDecoder
  /// For each block; blocks differ by a codeword at most.
  private let searches: [OrderedStatisticsDecoder]

  init(_ decoder: CodewordDecoder) {
    self.decoder = decoder
    var made: [Int: OrderedStatisticsDecoder] = [:]
    searches = decoder.structure.blocks.map { block in
      let search =
        made[block.dataCount]
        ?? OrderedStatisticsDecoder(dataCount: block.dataCount, checkCount: block.checkCount)
      made[block.dataCount] = search
      return search
    }
  }

  /// The likeliest codewords found for a hypothesis.
  func decoded(
    _ hypothesis: Hypothesis, effort: OrderedStatisticsDecoder.Effort
  ) -> BlockCodewords? {
    var searches = searches.makeIterator()
    return decoder.assembled { block in
      var bits = decoder.bits(of: block)
      for bit in 0..<block.dataCount * 8 {
        guard let value = hypothesis.known[block.dataStart * 8 + bit] else { continue }
        bits[bit] = value == 1 ? Self.certain : -Self.certain
      }
      return searches.next()?.decoded(bits, effort: effort).codeword
    }
  }

  /// What texts of each length determine, the likeliest first; for each length once for any text,
  /// and once for ASCII, whose bytes begin with 0.
  func rankedHypotheses() -> [Hypothesis] {
    let structure = decoder.structure
    let data = structure.blocks.flatMap { decoder.bits(of: $0).prefix($0.dataCount * 8) }
    // The score of a bit known to be 1, and to be 0.
    let scores = data.map { ratio in
      (
        one: Float(log(2 / (1 + exp(-Double(ratio))))),
        zero: Float(log(2 / (1 + exp(Double(ratio)))))
      )
    }
    var hypotheses: [Hypothesis] = []
    for length in 1...structure.textCapacity {
      let known = Payload.knownBits(length: length, count: structure.dataCount)
      var ascii = known
      for byte in 0..<length { ascii[12 + 8 * byte] = 0 }
      for known in [known, ascii] {
        var score: Float = 0
        for (value, bit) in zip(known, scores) {
          if let value { score += value == 1 ? bit.one : bit.zero }
        }
        hypotheses.append(Hypothesis(known: known, score: score))
      }
    }
    return hypotheses.sorted { $0.score > $1.score }
  }
}
