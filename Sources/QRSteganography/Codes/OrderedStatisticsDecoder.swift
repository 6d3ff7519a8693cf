/// Finds a likely codeword of one Reed–Solomon block from soft bits, far beyond the distance up to
/// which an algebraic decoder corrects.
///
/// A block is read as a binary code. Its most reliable independent bits are taken as they are, the
/// codeword they determine is computed, and so are those with one, two or three of these bits
/// turned over; the codeword that contradicts the soft bits least wins. Bits known beforehand are
/// given as very reliable ones. More rounds choose other independent bits, by reliabilities with
/// noise added: what one choice misses, another finds.
///
/// Source: Fossorier & Lin 1995, "Soft-decision decoding of linear block codes based on ordered
/// statistics", IEEE Trans. Inf. Theory 41(5); rounds after Jin & Fossorier 2006, "Reliability-based
/// soft-decision decoding with multiple biases", IEEE Trans. Inf. Theory 53(1). Differs in that only
/// the least reliable of the independent bits are turned over in pairs and triples.
struct OrderedStatisticsDecoder: Sendable {
  /// How much is searched.
  struct Effort: Sendable {
    let rounds: Int
    /// How many of the least reliable independent bits are turned over in pairs.
    let pairs: Int
    /// How many of them are turned over in triples.
    let triples: Int
  }

  private let bitCount: Int
  private let words: Int
  /// The codeword of every single data bit, most significant bit of the first byte first.
  private let generator: [[UInt64]]

  init(dataCount: Int, checkCount: Int) {
    let count = dataCount + checkCount
    let words = (count + 7) / 8
    let code = ReedSolomonCode(checkCount: checkCount)
    var generator: [[UInt64]] = []
    for place in 0..<dataCount {
      var unit = [UInt8](repeating: 0, count: dataCount)
      unit[place] = 1
      let checks = code.checks(for: unit)
      for bit in 0..<8 {
        let value = UInt8(1) << UInt8(7 - bit)
        var row = [UInt64](repeating: 0, count: words)
        Self.set(value, at: place, in: &row)
        for (i, check) in checks.enumerated() {
          Self.set(GaloisField.product(check, value), at: dataCount + i, in: &row)
        }
        generator.append(row)
      }
    }
    bitCount = count * 8
    self.words = words
    self.generator = generator
  }

  private static func set(_ byte: UInt8, at place: Int, in row: inout [UInt64]) {
    row[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8)
  }

  /// The codeword found and the sum of the reliabilities it contradicts.
  ///
  /// - Parameter ratios: Log-likelihood ratio of 1 to 0 for every bit of the block, most
  ///   significant bit of the first byte first.
  func decoded(_ ratios: [Float], effort: Effort) -> (codeword: [UInt8], cost: Float) {
    precondition(ratios.count == bitCount, "\(ratios.count) bits for a block of \(bitCount)")
    var hard = [UInt64](repeating: 0, count: words)
    for bit in 0..<bitCount where ratios[bit] > 0 { hard[bit / 64] |= Self.flag(of: bit) }
    let reliabilities = ratios.map { abs($0) }
    let costs = costTable(reliabilities)
    var biases = Biases(reliabilities)
    var best = (codeword: hard, cost: Float.infinity)
    for round in 0..<max(1, effort.rounds) {
      let ranks = round == 0 ? reliabilities : biases.next()
      let order = (0..<bitCount).sorted { ranks[$0] > ranks[$1] }
      if let found = searched(
        order, reliabilities, hard, costs: costs, effort, below: best.cost)
      {
        best = found
      }
    }
    let bytes = (0..<bitCount / 8).map { place in
      UInt8(truncatingIfNeeded: best.codeword[place / 8] >> UInt64(place % 8 * 8))
    }
    return (bytes, best.cost)
  }

  /// The best codeword whose independent bits, chosen in the order given, are nearly the hard ones.
  private func searched(
    _ order: [Int], _ reliabilities: [Float], _ hard: [UInt64], costs: [Float],
    _ effort: Effort, below limit: Float
  ) -> (codeword: [UInt64], cost: Float)? {
    let basis = reduced(in: order)
    // The codeword that agrees with the hard decisions in all independent bits.
    var codeword = [UInt64](repeating: 0, count: words)
    for (row, pivot) in zip(basis.rows, basis.pivots)
    where hard[pivot / 64] & Self.flag(of: pivot) != 0 {
      for w in 0..<words { codeword[w] ^= row[w] }
    }
    // Each row turns one independent bit over.
    let weakest = basis.pivots.indices.sorted {
      reliabilities[basis.pivots[$0]] < reliabilities[basis.pivots[$1]]
    }
    var search = OrderedStatisticsSearch(
      start: zip(codeword, hard).map { $0 ^ $1 }, rows: weakest.flatMap { basis.rows[$0] },
      weights: weakest.map { reliabilities[basis.pivots[$0]] }, costs: costs, limit: limit)
    search.run(effort)
    guard search.bestCost < limit else { return nil }
    for row in search.bestRows {
      for w in 0..<words { codeword[w] ^= basis.rows[weakest[row]][w] }
    }
    return (codeword, search.bestCost)
  }

  /// For every byte of the block and every value, the sum of the reliabilities of its set bits.
  private func costTable(_ reliabilities: [Float]) -> [Float] {
    var table = [Float](repeating: 0, count: words * 8 * 256)
    for place in 0..<bitCount / 8 {
      for value in 1..<256 {
        let bit = place * 8 + 7 - value.trailingZeroBitCount
        table[place * 256 + value] = table[place * 256 + (value & (value - 1))] + reliabilities[bit]
      }
    }
    return table
  }

  private static func flag(of bit: Int) -> UInt64 { 1 << UInt64(bit / 8 % 8 * 8 + 7 - bit % 8) }

  /// The generator reduced so that its most reliable independent bits occur in one row each, the
  /// most reliable first.
  private func reduced(in order: [Int]) -> (rows: [[UInt64]], pivots: [Int]) {
    let count = generator.count
    let words = words
    var pivots: [Int] = []
    var matrix = generator.flatMap { $0 }
    matrix.withUnsafeMutableBufferPointer { matrix in
      for bit in order where pivots.count < count {
        let (word, flag) = (bit / 64, Self.flag(of: bit))
        let next = pivots.count
        guard let found = (next..<count).first(where: { matrix[$0 * words + word] & flag != 0 })
        else { continue }
        if found != next {
          for w in 0..<words { matrix.swapAt(found * words + w, next * words + w) }
        }
        for row in 0..<count where row != next && matrix[row * words + word] & flag != 0 {
          for w in 0..<words { matrix[row * words + w] ^= matrix[next * words + w] }
        }
        pivots.append(bit)
      }
    }
    let rows = (0..<count).map { Array(matrix[$0 * words..<($0 + 1) * words]) }
    return (rows, pivots)
  }
}

/// Reliabilities with noise added, the same in every run.
private struct Biases {
  private let reliabilities: [Float]
  private let spread: Float
  private var state: UInt32 = 1

  init(_ reliabilities: [Float]) {
    self.reliabilities = reliabilities
    // Known bits, far above the others, must stay where they are.
    let unsure = reliabilities.filter { $0 < SoftSearch.certain }
    spread = 0.35 * unsure.reduce(0, +) / Float(max(1, unsure.count))
  }

  mutating func next() -> [Float] {
    reliabilities.map { reliability in
      guard reliability < SoftSearch.certain else { return reliability }
      // Four uniform numbers make a nearly normal one of variance 1/3.
      var sum: Float = -2
      for _ in 0..<4 {
        state = state &* 1_664_525 &+ 1_013_904_223
        sum += Float(state >> 8) / Float(1 << 24)
      }
      return reliability + spread * sum * 1.732
    }
  }
}
