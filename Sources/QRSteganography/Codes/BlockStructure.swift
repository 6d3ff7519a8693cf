/// How the codewords of a code are divided into Reed–Solomon blocks and interleaved.
///
/// Source: ISO/IEC 18004:2015, table 9 and 7.6.
struct BlockStructure: Sendable {
  /// One Reed–Solomon block: where its codewords stand in the interleaved sequence.
  struct Block: Sendable {
    /// Positions of the block's codewords, data first, then error correction.
    let positions: [Int]
    let dataCount: Int
    /// The place of the block's first data codeword in the message before interleaving.
    let dataStart: Int

    var checkCount: Int { positions.count - dataCount }
  }

  let blocks: [Block]
  let dataCount: Int
  let codewordCount: Int

  /// The bytes of text that fit in byte mode: all data but the 4 + 8 bits of the header.
  var textCapacity: Int { (dataCount * 8 - 12) / 8 }

  init(version: Int, level: ErrorCorrectionLevel) {
    precondition(QRCode.versions.contains(version), "no block structure for version \(version)")
    let (checks, lengths) = Self.table[version - 1][Self.column(of: level)]
    let data = lengths.reduce(0, +)
    var positions = lengths.map { _ in [Int]() }
    var next = 0
    for i in 0..<(lengths.max() ?? 0) {
      for b in lengths.indices where i < lengths[b] {
        positions[b].append(next)
        next += 1
      }
    }
    for _ in 0..<checks {
      for b in lengths.indices {
        positions[b].append(next)
        next += 1
      }
    }
    var blocks: [Block] = []
    var start = 0
    for (length, positions) in zip(lengths, positions) {
      blocks.append(Block(positions: positions, dataCount: length, dataStart: start))
      start += length
    }
    self.blocks = blocks
    dataCount = data
    codewordCount = next
  }

  /// The interleaved codewords that carry `data`, with their error correction computed.
  func codewords(for data: [UInt8]) -> [UInt8] {
    precondition(data.count == dataCount, "\(data.count) data codewords, \(dataCount) needed")
    var result = [UInt8](repeating: 0, count: codewordCount)
    for block in blocks {
      let message = Array(data[block.dataStart..<block.dataStart + block.dataCount])
      let checks = ReedSolomonCode(checkCount: block.checkCount).checks(for: message)
      for (position, byte) in zip(block.positions, message + checks) { result[position] = byte }
    }
    return result
  }

  private static func column(of level: ErrorCorrectionLevel) -> Int {
    switch level {
    case .low: 0
    case .medium: 1
    case .quartile: 2
    case .high: 3
    }
  }

  /// Per version and level L, M, Q, H: check codewords of each block, data codewords per block.
  private static let table: [[(checks: Int, data: [Int])]] = [
    [(7, [19]), (10, [16]), (13, [13]), (17, [9])],
    [(10, [34]), (16, [28]), (22, [22]), (28, [16])],
    [(15, [55]), (26, [44]), (18, [17, 17]), (22, [13, 13])],
    [(20, [80]), (18, [32, 32]), (26, [24, 24]), (16, [9, 9, 9, 9])],
    [(26, [108]), (24, [43, 43]), (18, [15, 15, 16, 16]), (22, [11, 11, 12, 12])],
    [(18, [68, 68]), (16, [27, 27, 27, 27]), (24, [19, 19, 19, 19]), (28, [15, 15, 15, 15])],
  ]
}
