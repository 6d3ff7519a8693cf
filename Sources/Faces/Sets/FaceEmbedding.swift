/// What a recognition network makes of a face: a direction that is nearly the same for all pictures
/// of one person.
public struct FaceEmbedding: Hashable, Sendable {
  /// Of length 1.
  public let values: [Float]

  /// - Parameter values: Any length but 0.
  public init(_ values: [Float]) {
    let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
    precondition(length > 0 && length.isFinite, "an embedding without a direction")
    self.values = values.map { $0 / length }
  }

  /// The cosine of the angle between two: 1 for the same, about 0 for strangers.
  public func similarity(to other: FaceEmbedding) -> Double {
    precondition(
      values.count == other.values.count,
      "embeddings of \(values.count) and \(other.values.count) numbers")
    return zip(values, other.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}

extension [FaceEmbedding] {
  /// Groups of one person each, as indices, the largest group first.
  ///
  /// The two groups with the highest mean similarity between their members are joined until none is
  /// above the limit (average linkage).
  ///
  /// - Parameter similarity: The least mean similarity within which groups are joined.
  /// - Complexity: O(n²) similarities and joins.
  public func clusters(similarity limit: Double) -> [[Int]] {
    var groups: [[Int]?] = indices.map { [$0] }
    var sums = map { a in map { b in a.similarity(to: b) } }
    while true {
      var best: (similarity: Double, a: Int, b: Int)?
      for a in indices {
        guard let first = groups[a] else { continue }
        for b in indices[(a + 1)...] {
          guard let second = groups[b] else { continue }
          let mean = sums[a][b] / Double(first.count * second.count)
          if mean >= limit, mean > best?.similarity ?? -2 { best = (mean, a, b) }
        }
      }
      guard let best, let joined = groups[best.b] else { break }
      groups[best.a]?.append(contentsOf: joined)
      groups[best.b] = nil
      for other in indices {
        sums[best.a][other] += sums[best.b][other]
        sums[other][best.a] = sums[best.a][other]
      }
    }
    return groups.compactMap(\.self).map { $0.sorted() }
      .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }
}
