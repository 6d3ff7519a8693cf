internal import Neural
internal import Tensors

/// What a classifier is held to.
enum ClassifierLoss: Sendable {
  /// Cross-entropy, each emotion with a weight: equation 1.
  ///
  /// Without smoothed targets, whose share of a rare emotion would have its large weight in every face.
  case weighted([Float])
  /// Cross-entropy and a quarter of what the right emotion's probability lacks, times 1.14:
  /// equation 10.
  case confident

  /// The mean over a batch.
  ///
  /// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681.
  ///
  /// - Parameter logits: `[batch, emotions]`.
  func callAsFunction(_ logits: Tensor, labels: [Int]) -> Tensor {
    switch self {
    case .weighted(let weights):
      return crossEntropy(logits: logits, targets: .labels(labels), weights: weights)
    case .confident:
      let right = logSoftmax(logits, axis: 1).gathered(
        Indices(labels, shape: [labels.count, 1]), axis: 1)
      return 1.14 * (0.25 * (1 - exp(right)) - right).mean()
    }
  }
}
