/// Finds a likely codeword of one Reed–Solomon block from soft bits, far beyond the distance up to
/// which an algebraic decoder corrects.
///
/// A block is read as a binary code. Its most reliable independent bits are taken as they are, the
/// codeword they determine is computed, and so are those with one, two or three of these bits
/// turned over; the codeword that contradicts the soft bits least wins. Bits known beforehand are
/// given as very reliable ones.
///
/// Source: Fossorier & Lin 1995, "Soft-decision decoding of linear block codes based on ordered
/// statistics", IEEE Trans. Inf. Theory 41(5). Turns over pairs and triples among the least
/// reliable of the independent bits only.
struct OrderedStatisticsDecoder: Sendable {
  /// How many of the least reliable independent bits are turned over by one, two and three.
  struct Effort: Sendable {
    let singles: Int
    let pairs: Int
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
    let basis = reduced(by: ratios)
    // The rows that turn one independent bit over each, least reliable first; and how the codeword
    // that agrees with all of them differs from the hard decisions.
    var difference = hard
    for (row, pivot) in zip(basis.rows, basis.pivots)
    where hard[pivot / 64] & Self.flag(of: pivot) != 0 {
      for w in 0..<words { difference[w] ^= row[w] }
    }
    let rows = basis.rows.reversed().flatMap { $0 }
    let weights = basis.pivots.reversed().map { abs(ratios[$0]) }
    let best = search(
      from: difference, rows: rows, weights: weights, costs: costTable(ratios), effort: effort)
    let codeword = (0..<bitCount / 8).map { place -> UInt8 in
      let word = best.difference[place / 8] ^ hard[place / 8]
      return UInt8(truncatingIfNeeded: word >> UInt64(place % 8 * 8))
    }
    return (codeword, best.cost)
  }

  private static func flag(of bit: Int) -> UInt64 { 1 << UInt64(bit / 8 % 8 * 8 + 7 - bit % 8) }

  /// The generator reduced so that its most reliable independent bits occur in one row each.
  private func reduced(by ratios: [Float]) -> (rows: [[UInt64]], pivots: [Int]) {
    let count = generator.count
    let words = words
    let order = (0..<bitCount).sorted { abs(ratios[$0]) > abs(ratios[$1]) }
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

  /// For every byte of the block and every value, the sum of the reliabilities of its set bits.
  private func costTable(_ ratios: [Float]) -> [Float] {
    var table = [Float](repeating: 0, count: words * 8 * 256)
    for place in 0..<bitCount / 8 {
      for value in 1..<256 {
        let bit = place * 8 + 7 - value.trailingZeroBitCount
        table[place * 256 + value] = table[place * 256 + (value & (value - 1))] + abs(ratios[bit])
      }
    }
    return table
  }

  private func search(
    from start: [UInt64], rows: [UInt64], weights: [Float], costs: [Float], effort: Effort
  ) -> (difference: [UInt64], cost: Float) {
    let count = weights.count
    var search = Search(words: words, best: start)
    rows.withUnsafeBufferPointer { rows in
      costs.withUnsafeBufferPointer { costs in
        search.consider(start, costs)
        var one = start
        var two = start
        var three = start
        for i in 0..<min(effort.singles, count) where weights[i] < search.cost {
          search.add(rows, i, to: start, into: &one)
          search.consider(one, costs)
          guard i < effort.pairs else { continue }
          for j in 0..<i where weights[i] + weights[j] < search.cost {
            search.add(rows, j, to: one, into: &two)
            search.consider(two, costs)
            guard i < effort.triples else { continue }
            for k in 0..<j where weights[i] + weights[j] + weights[k] < search.cost {
              search.add(rows, k, to: two, into: &three)
              search.consider(three, costs)
            }
          }
        }
      }
    }
    return (search.best, search.cost)
  }
}

/// The best difference from the hard decisions seen so far.
private struct Search {
  let words: Int
  var best: [UInt64]
  var cost = Float.infinity

  func add(
    _ rows: UnsafeBufferPointer<UInt64>, _ row: Int, to source: [UInt64],
    into target: inout [UInt64]
  ) {
    for w in 0..<words { target[w] = source[w] ^ rows[row * words + w] }
  }

  mutating func consider(_ difference: [UInt64], _ costs: UnsafeBufferPointer<Float>) {
    var sum: Float = 0
    for w in 0..<words {
      let word = difference[w]
      let base = w * 8 * 256
      for byte in 0..<8 {
        sum += costs[base + byte * 256 + Int(word >> UInt64(byte * 8) & 255)]
      }
      if sum >= cost { return }
    }
    cost = sum
    best = difference
  }
}
