public import Tensors

/// Binary cross-entropy of logits, element by element: `softplus(z) − z·t`.
public func binaryCrossEntropy(logits: Tensor, targets: Tensor) -> Tensor {
  softplus(logits) - logits * targets
}
