public import Tensors

/// Vectors along an axis, divided by their length.
///
/// - Parameter epsilon: Added to the squared length, so that the gradient at 0 is finite.
public func normalized(_ x: Tensor, axis: Int, epsilon: Float = 1e-12) -> Tensor {
  var shape = x.shape
  shape[axis] = 1
  return x / power((x * x).summed(to: shape) + epsilon, 0.5)
}

/// The cosine of the angle between the vectors of two tensors along an axis, which stays as 1.
///
/// As a loss, one less this.
public func cosineSimilarity(_ a: Tensor, _ b: Tensor, axis: Int = 1) -> Tensor {
  let product = normalized(a, axis: axis) * normalized(b, axis: axis)
  var shape = product.shape
  shape[axis] = 1
  return product.summed(to: shape)
}

/// The cosines between each of some vectors and each of some others.
///
/// Maps `[items, features]` and `[classes, features]` to `[items, classes]`.
func cosines(_ items: Tensor, _ classes: Tensor) -> Tensor {
  let (n, c, features) = (items.shape[0], classes.shape[0], items.shape[1])
  return cosineSimilarity(
    items.reshaped([n, 1, features]), classes.reshaped([1, c, features]), axis: 2
  ).reshaped([n, c])
}
