internal import Foundation
public import Tensors

// How far a result is from what it should be, element by element.

/// `|a − b|`.
public func absoluteError(_ a: Tensor, _ b: Tensor) -> Tensor {
  let difference = a - b
  return relu(difference) + relu(-difference)
}

/// `(a − b)²`.
public func squaredError(_ a: Tensor, _ b: Tensor) -> Tensor {
  let difference = a - b
  return difference * difference
}

/// Half the square of errors up to `delta`, and beyond it a line of slope `delta` that goes on
/// from there.
///
/// Source: Huber 1964, "Robust estimation of a location parameter". PyTorch's smooth L1 is this
/// divided by `delta`.
public func huberError(_ a: Tensor, _ b: Tensor, delta: Float = 1) -> Tensor {
  let difference = a - b
  let near = clamped(difference, -delta...delta)
  return near * (difference - 0.5 * near)
}

/// `ln cosh(a − b)`: half the square of small errors, `|a − b| − ln 2` of large ones.
public func logCoshError(_ a: Tensor, _ b: Tensor) -> Tensor {
  let difference = a - b
  return difference + softplus(-2 * difference) - Float(M_LN2)
}
