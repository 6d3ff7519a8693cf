public import Tensors

/// The logarithm of the softmax along axis 1.
func logSoftmax(_ logits: Tensor) -> Tensor {
  let (batch, classes) = (logits.shape[0], logits.shape[1])
  let inner = logits.shape[2...].reduce(1, *)
  let values = logits.array
  var largest = [Float](repeating: -.infinity, count: batch * inner)
  for index in values.indices {
    let place = index / (classes * inner) * inner + index % inner
    largest[place] = max(largest[place], values[index])
  }
  var shape = logits.shape
  shape[1] = 1
  let shifted = logits - Tensor(largest, shape: shape)
  return shifted - log(exp(shifted).summed(to: shape))
}

/// What the classes of a cross-entropy are.
public enum ClassTargets: Sendable {
  /// One class per item, in the order of `[batch, …]`; `nil` leaves an item out.
  ///
  /// Smoothing divides that share of each target evenly among all classes.
  case labels([Int?], smoothing: Float = 0)
  /// Probabilities in the shape of the logits.
  case probabilities([Float])
}

/// Cross-entropy of logits against classes: the mean over the items, each by its class' weight.
///
/// As `torch.nn.functional.cross_entropy`, which divides by the number of items instead of by
/// their weights where targets are probabilities.
///
/// - Parameters:
///   - logits: `[batch, classes, …]`.
///   - weights: One per class; 1 by default.
/// - Returns: Of shape `[]`.
public func crossEntropy(
  logits: Tensor, targets: ClassTargets, weights: [Float]? = nil
) -> Tensor {
  let classes = logits.shape[1]
  let inner = logits.shape[2...].reduce(1, *)
  let items = logits.shape[0] * inner
  let weights = weights ?? [Float](repeating: 1, count: classes)
  precondition(weights.count == classes, "\(weights.count) weights for \(classes) classes")
  func place(_ item: Int, _ label: Int) -> Int {
    (item / inner * classes + label) * inner + item % inner
  }
  var shares = [Float](repeating: 0, count: items * classes)
  var total: Float = 0
  switch targets {
  case .labels(let labels, let smoothing):
    precondition(labels.count == items, "\(labels.count) labels for \(items) items")
    for case (let item, let label?) in labels.enumerated() {
      precondition(0..<classes ~= label, "label \(label) of \(classes) classes")
      for other in 0..<classes {
        shares[place(item, other)] = weights[other] * smoothing / Float(classes)
      }
      shares[place(item, label)] += weights[label] * (1 - smoothing)
      total += weights[label]
    }
  case .probabilities(let given):
    precondition(given.count == shares.count, "\(given.count) probabilities for \(logits.shape)")
    for index in shares.indices { shares[index] = given[index] * weights[index / inner % classes] }
    total = Float(items)
  }
  return -(Tensor(shares, shape: logits.shape) * logSoftmax(logits)).sum() / total
}
