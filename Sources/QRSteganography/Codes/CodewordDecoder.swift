import Foundation

/// The codewords of a code as they are interleaved in it, and the data among them.
struct BlockCodewords: Equatable {
  let interleaved: [UInt8]
  let data: [UInt8]
}

/// Corrects the codewords of a code of known version and format.
struct CodewordDecoder {
  private let structure: BlockStructure
  /// Log-likelihood ratio of 1 to 0 for every bit of the interleaved codewords, mask removed.
  private let ratios: [Float]

  init(_ candidate: VersionCandidate, format: FormatInformation) {
    let layout = candidate.layout
    structure = BlockStructure(version: layout.version, level: format.level)
    ratios = layout.dataModules.prefix(structure.codewordCount * 8).map { module in
      let inverted = maskInverts(
        format.mask, row: module / layout.size, column: module % layout.size)
      return inverted ? -candidate.ratios[module] : candidate.ratios[module]
    }
  }

  /// What the codewords may have been, cheapest ways first.
  func codewords(effort: CodeReader.Effort) -> AnySequence<BlockCodewords> {
    let algebraic = [0].lazy.compactMap { _ in assembled { algebraicallyDecoded($0) } }
    return AnySequence([AnySequence(algebraic), searched(effort: effort)].lazy.joined())
  }

  private func searched(effort: CodeReader.Effort) -> AnySequence<BlockCodewords> {
    AnySequence(
      rankedHypotheses().prefix(effort == .frame ? 2 : 6).lazy.compactMap { known in
        assembled { orderedStatistics($0, known: known, effort: effort) }
      })
  }

  /// All blocks decoded in the same way, or `nil` if one of them cannot be.
  private func assembled(_ decode: (BlockStructure.Block) -> [UInt8]?) -> BlockCodewords? {
    var interleaved = [UInt8](repeating: 0, count: structure.codewordCount)
    var data: [UInt8] = []
    for block in structure.blocks {
      guard let codeword = decode(block) else { return nil }
      for (position, byte) in zip(block.positions, codeword) { interleaved[position] = byte }
      data += codeword.prefix(block.dataCount)
    }
    return BlockCodewords(interleaved: interleaved, data: data)
  }

  /// Generalized minimum distance decoding: erases more and more of the weakest codewords, and
  /// keeps the result that contradicts the soft bits least.
  ///
  /// Source: Forney 1966, "Generalized minimum distance decoding", IEEE Trans. Inf. Theory 12(2).
  private func algebraicallyDecoded(_ block: BlockStructure.Block) -> [UInt8]? {
    let code = ReedSolomonCode(checkCount: block.checkCount)
    let bits = block.positions.map { Array(ratios[$0 * 8..<$0 * 8 + 8]) }
    let received = bits.map { $0.reduce(UInt8(0)) { $0 << 1 | ($1 > 0 ? 1 : 0) } }
    let reliabilities = bits.map { $0.reduce(Float.infinity) { min($0, abs($1)) } }
    let weakest = reliabilities.indices.sorted { reliabilities[$0] < reliabilities[$1] }
    var best: (codeword: [UInt8], cost: Float)?
    for erased in stride(from: 0, through: block.checkCount - 1, by: 2) {
      guard let found = code.corrected(received, erasures: Array(weakest.prefix(erased))) else {
        continue
      }
      let cost = zip(found, bits).reduce(Float(0)) { $0 + Self.cost(of: $1.0, against: $1.1) }
      if cost < best?.cost ?? .infinity { best = (found, cost) }
      if erased == 0 { break }
    }
    return best?.codeword
  }

  private static func cost(of byte: UInt8, against bits: [Float]) -> Float {
    var sum: Float = 0
    for (i, ratio) in bits.enumerated() where (byte >> UInt8(7 - i) & 1 == 1) != (ratio > 0) {
      sum += abs(ratio)
    }
    return sum
  }

  private func orderedStatistics(
    _ block: BlockStructure.Block, known: [UInt8?], effort: CodeReader.Effort
  ) -> [UInt8]? {
    let decoder = OrderedStatisticsDecoder(
      dataCount: block.dataCount, checkCount: block.checkCount)
    var bits = block.positions.flatMap { ratios[$0 * 8..<$0 * 8 + 8] }
    for bit in 0..<block.dataCount * 8 {
      if let value = known[block.dataStart * 8 + bit] { bits[bit] = value == 1 ? 1000 : -1000 }
    }
    let search: OrderedStatisticsDecoder.Effort =
      switch effort {
      case .frame: .init(singles: .max, pairs: 80, triples: 0)
      case .thorough: .init(singles: .max, pairs: 160, triples: 60)
      }
    return decoder.decoded(bits, effort: search).codeword
  }

  /// The bits that texts of a length determine, for the likeliest lengths; for each first as if
  /// the text were ASCII, whose bytes begin with 0, then for any text.
  private func rankedHypotheses() -> [[UInt8?]] {
    let order = structure.blocks.flatMap { $0.positions.prefix($0.dataCount) }
    let data = order.flatMap { ratios[$0 * 8..<$0 * 8 + 8] }
    var scored: [(known: [UInt8?], score: Float)] = []
    for length in 1...structure.textCapacity {
      let known = Payload.knownBits(length: length, count: structure.dataCount)
      var ascii = known
      for byte in 0..<length { ascii[12 + 8 * byte] = 0 }
      for hypothesis in [known, ascii] {
        // How much likelier the known bits are as they should be than as coins.
        var score: Float = 0
        for (value, ratio) in zip(hypothesis, data) {
          guard let value else { continue }
          let agreement = Double(value == 1 ? ratio : -ratio)
          score += Float(log(2 / (1 + exp(-agreement))))
        }
        scored.append((hypothesis, score))
      }
    }
    return scored.sorted { $0.score > $1.score }.map(\.known)
  }
}
