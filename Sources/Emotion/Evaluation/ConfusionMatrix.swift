/// How often faces of each emotion were taken for each.
public struct ConfusionMatrix: Hashable, Sendable {
  public let emotions: [Emotion]
  /// By what was shown, then by what it was taken for.
  public private(set) var counts: [[Int]]

  public init(_ emotions: [Emotion]) {
    self.emotions = emotions
    counts = emotions.map { _ in emotions.map { _ in 0 } }
  }

  public mutating func add(shown: Int, takenFor: Int) { counts[shown][takenFor] += 1 }

  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// The share of all faces that were recognized.
  public var accuracy: Double {
    share(counts.indices.reduce(0) { $0 + counts[$1][$1] }, of: total)
  }

  /// The share of the faces of an emotion that were recognized.
  public func recall(_ emotion: Int) -> Double {
    share(counts[emotion][emotion], of: counts[emotion].reduce(0, +))
  }

  /// The share of the faces taken for an emotion that showed it.
  public func precision(_ emotion: Int) -> Double {
    share(counts[emotion][emotion], of: counts.reduce(0) { $0 + $1[emotion] })
  }

  /// The harmonic mean of precision and recall.
  public func f1(_ emotion: Int) -> Double {
    let (precision, recall) = (precision(emotion), recall(emotion))
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
  }

  private func share(_ part: Int, of whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}
