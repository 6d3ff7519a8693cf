/// Looks for the few independent bits to turn over so that the least reliability is contradicted.
struct OrderedStatisticsSearch {
  /// The independent bits to turn over, numbered from the least reliable.
  private(set) var bestRows: [Int] = []
  private(set) var bestCost: Float

  private let words: Int
  /// Where the codeword to begin with differs from the hard decisions, among the dependent bits.
  private let start: [UInt64]
  /// What turning each independent bit over does to the dependent ones.
  private let rows: [UInt64]
  private let weights: [Float]
  /// For every byte of the dependent bits and every value, the reliabilities of its set bits.
  private let table: [Float]

  /// - Parameters:
  ///   - start: Differences in the dependent bits, the first in the least significant bit.
  ///   - rows: One for each independent bit, like `start`.
  ///   - weights: The reliability of each independent bit, ascending.
  ///   - costs: The reliability of each dependent bit, descending so that sums soon grow large.
  ///   - limit: The cost from which on nothing is of interest.
  init(start: [UInt64], rows: [[UInt64]], weights: [Float], costs: [Float], limit: Float) {
    bestCost = limit
    words = start.count
    self.start = start
    self.rows = rows.flatMap { $0 }
    self.weights = weights
    var table = [Float](repeating: 0, count: start.count * 8 * 256)
    for place in 0..<(costs.count + 7) / 8 {
      for value in 1..<256 {
        let bit = place * 8 + value.trailingZeroBitCount
        let cost = bit < costs.count ? costs[bit] : 0
        table[place * 256 + value] = table[place * 256 + (value & (value - 1))] + cost
      }
    }
    self.table = table
  }

  mutating func run(_ effort: OrderedStatisticsDecoder.Effort) {
    let (start, weights) = (start, weights)
    var (one, two, three) = (start, start, start)
    consider(start, 0, [])
    for i in weights.indices where weights[i] < bestCost {
      turn(i, of: start, into: &one)
      consider(one, weights[i], [i])
      guard i < effort.pairs else { continue }
      for j in 0..<i {
        let pair = weights[i] + weights[j]
        if pair >= bestCost { break }  // Weights ascend: the others cost more still.
        turn(j, of: one, into: &two)
        consider(two, pair, [i, j])
        guard i < effort.triples else { continue }
        for k in 0..<j {
          let triple = pair + weights[k]
          if triple >= bestCost { break }
          turn(k, of: two, into: &three)
          consider(three, triple, [i, j, k])
        }
      }
    }
  }

  @inline(__always)
  private func turn(_ row: Int, of source: [UInt64], into target: inout [UInt64]) {
    for w in 0..<words { target[w] = source[w] ^ rows[row * words + w] }
  }

  @inline(__always)
  private mutating func consider(
    _ difference: [UInt64], _ base: Float, _ turned: @autoclosure () -> [Int]
  ) {
    var sum = base
    for w in 0..<words {
      let word = difference[w]
      for byte in 0..<8 {
        let value = Int(truncatingIfNeeded: word >> UInt64(byte * 8) & 255)
        sum += table[w * 2048 + byte * 256 + value]
      }
      if sum >= bestCost { return }
    }
    bestCost = sum
    bestRows = turned()
  }
}
