import Foundation

/// The codewords of a code as they are interleaved in it, and the data among them.
struct BlockCodewords: Equatable {
  let interleaved: [UInt8]
  let data: [UInt8]
}

/// Corrects the codewords of a code of known version and format.
struct CodewordDecoder {
  let candidate: VersionCandidate
  /// How many versions are likelier than this.
  let rank: Int
  let format: FormatInformation
  /// The log-likelihood of the format, but for a constant of the version.
  let formatScore: Float
  let structure: BlockStructure
  /// Log-likelihood ratio of 1 to 0 for every bit of the interleaved codewords, mask removed.
  private let ratios: [Float]

  init(
    _ candidate: VersionCandidate, rank: Int, format: FormatInformation, formatScore: Float
  ) {
    let layout = candidate.layout
    self.candidate = candidate
    self.rank = rank
    self.format = format
    self.formatScore = formatScore
    structure = BlockStructure(version: layout.version, level: format.level)
    ratios = layout.dataModules.prefix(structure.codewordCount * 8).map { module in
      let inverted = maskInverts(
        format.mask, row: module / layout.size, column: module % layout.size)
      return inverted ? -candidate.ratios[module] : candidate.ratios[module]
    }
  }

  /// The soft bits of a block, most significant bit of the first data codeword first.
  func bits(of block: BlockStructure.Block) -> [Float] {
    block.positions.flatMap { ratios[$0 * 8..<$0 * 8 + 8] }
  }

  /// Whether each block for itself agrees better than any of its texts would by chance.
  func supports(_ codewords: BlockCodewords, _ code: QRCode) -> Bool {
    let text = 12..<12 + 8 * code.text.utf8.count
    return structure.blocks.allSatisfy { block in
      let expected = block.positions.flatMap { position -> [Bool] in
        let byte = codewords.interleaved[position]
        return (0..<8).map { byte >> UInt8(7 - $0) & 1 == 1 }
      }
      let agreement = Agreement(of: bits(of: block), with: expected)
      let data = block.dataStart * 8..<(block.dataStart + block.dataCount) * 8
      let bytes = Double(data.clamped(to: text).count) / 8
      return agreement.logProbability + bytes * code.logChoicesPerByte
        < log(CodeReader.blockSignificance)
    }
  }

  /// The codewords found by generalized minimum distance decoding, or `nil` if a block has none.
  func algebraicallyDecoded() -> BlockCodewords? {
    assembled { algebraicallyDecoded($0) }
  }

  /// All blocks decoded in the same way, or `nil` if one of them cannot be.
  func assembled(_ decode: (BlockStructure.Block) -> [UInt8]?) -> BlockCodewords? {
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
}
