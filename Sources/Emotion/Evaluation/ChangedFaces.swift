internal import Tensors

extension EmotionChanger {
  /// What classifiers take changed faces for, by the emotion that was asked for.
  ///
  /// The faces that are changed to an emotion show other ones, spread evenly over the set; what is
  /// made of them is rounded as a file with 8 bits would hold it.
  ///
  /// - Parameters:
  ///   - count: Faces per emotion asked for, as far as there are so many.
  ///   - judges: Classifiers of the same emotions.
  /// - Returns: One matrix per judge.
  public func confusion(
    over set: FaceSet, count: Int, judges: [EmotionClassifier]
  ) -> [ConfusionMatrix] {
    var matrices = judges.map { _ in ConfusionMatrix(emotions) }
    for wanted in emotions.indices {
      let others = set.faces.indices.filter { set.faces[$0].label != wanted }
      let taken = min(count, others.count)
      let indices = (0..<taken).map { others[$0 * others.count / taken] }
      for start in stride(from: 0, to: taken, by: 64) {
        let part = Array(indices[start..<min(start + 64, taken)])
        let changed = rounded(
          self(
            set.pictures(part, side: design.side),
            wanted: [Int](repeating: wanted, count: part.count)))
        for (judge, classifier) in judges.enumerated() {
          for shares in classifier.probabilities(of: changed) {
            matrices[judge].add(shown: wanted, takenFor: likeliest(shares))
          }
        }
      }
    }
    return matrices
  }

  private func rounded(_ pictures: Tensor) -> Tensor {
    withoutRecording { round(pictures * 255) / 255 }
  }
}
