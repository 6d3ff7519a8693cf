/// Looks for the few independent bits to turn over so that the least reliability is contradicted.
struct OrderedStatisticsSearch {
  /// The independent bits to turn over, numbered from the least reliable.
  private(set) var bestRows: [Int] = []
  private(set) var bestCost: Float

  private let words: Int
  /// Where the codeword to begin with differs from the hard decisions.
  private let start: [UInt64]
  /// What turning each independent bit over does to the codeword.
  private let rows: [UInt64]
  private let weights: [Float]
  private let costs: [Float]

  /// - Parameters:
  ///   - start: Differences of the first codeword from the hard decisions.
  ///   - rows: Codewords that hold one independent bit each, one after the other.
  ///   - weights: The reliability of each independent bit, ascending.
  ///   - costs: For every byte and every value, the sum of the reliabilities of its set bits.
  ///   - limit: The cost from which on nothing is of interest.
  init(start: [UInt64], rows: [UInt64], weights: [Float], costs: [Float], limit: Float) {
    words = start.count
    bestCost = limit
    self.start = start
    self.rows = rows
    self.weights = weights
    self.costs = costs
  }

  mutating func run(_ effort: OrderedStatisticsDecoder.Effort) {
    let (start, weights) = (start, weights)
    var (one, two, three) = (start, start, start)
    consider(start, [])
    for i in weights.indices where weights[i] < bestCost {
      turn(i, of: start, into: &one)
      consider(one, [i])
      guard i < effort.pairs else { continue }
      for j in 0..<i {
        let pair = weights[i] + weights[j]
        if pair >= bestCost { break }  // Weights ascend: the others cost more still.
        turn(j, of: one, into: &two)
        consider(two, [i, j])
        guard i < effort.triples else { continue }
        for k in 0..<j {
          let triple = pair + weights[k]
          if triple >= bestCost { break }
          turn(k, of: two, into: &three)
          consider(three, [i, j, k])
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
    _ difference: [UInt64], _ turned: @autoclosure () -> [Int]
  ) {
    var sum: Float = 0
    for w in 0..<words {
      let word = difference[w]
      for byte in 0..<8 {
        let value = Int(truncatingIfNeeded: word >> UInt64(byte * 8) & 255)
        sum += costs[w * 2048 + byte * 256 + value]
      }
      if sum >= bestCost { return }
    }
    bestCost = sum
    bestRows = turned()
  }
}
