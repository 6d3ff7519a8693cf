internal import Kernels

// Functions of one tensor, element by element, and sums over all of it.

/// `max(0, x)`.
public func relu(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.buffer.rectified, shape: x.shape, layout: x.layout, from: [x]) { upstream in
    [upstream * Tensor(x.buffer.positives, shape: x.shape, layout: x.layout)]
  }
}

/// `1 / (1 + e⁻ˣ)`.
public func sigmoid(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.buffer.sigmoid, shape: x.shape, layout: x.layout, from: [x]) { upstream in
    let y = sigmoid(x)
    return [upstream * y * (1 - y)]
  }
}

/// `ln(1 + eˣ)`, without overflow.
public func softplus(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.buffer.softplus, shape: x.shape, layout: x.layout, from: [x]) {
    [$0 * sigmoid(x)]
  }
}

/// `eˣ`.
public func exp(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.plainBuffer.exponential, shape: x.shape, from: [x]) {
    [$0 * exp(x)]
  }
}

/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.plainBuffer.logarithm, shape: x.shape, from: [x]) { [$0 / x] }
}

/// `x` to a constant power; x must not be negative.
public func power(_ x: Tensor, _ exponent: Float) -> Tensor {
  Tensor.recorded(x.plainBuffer.raised(to: exponent), shape: x.shape, from: [x]) {
    [$0 * exponent * power(x, exponent - 1)]
  }
}

/// `x` kept within a closed range; the gradient passes where x lies in it.
public func clamped(_ x: Tensor, _ range: ClosedRange<Float>) -> Tensor {
  let (low, high) = (range.lowerBound, range.upperBound)
  return Tensor.recorded(
    x.buffer.clamped(low, high), shape: x.shape, layout: x.layout, from: [x]
  ) { [$0 * Tensor(x.buffer.inside(low, high), shape: x.shape, layout: x.layout)] }
}

extension Tensor {
  /// The sum of all elements, of shape `[]`.
  public func sum() -> Tensor {
    let wide = shape
    return Tensor.recorded(Buffer([Float(plainBuffer.sum)]), shape: [], from: [self]) {
      [$0.expanded(to: wide)]
    }
  }

  /// The mean of all elements, of shape `[]`.
  public func mean() -> Tensor { sum() / Float(count) }

  /// The mean along some axes, which stay as 1.
  public func mean(axes: [Int]) -> Tensor {
    var target = shape
    for axis in axes { target[axis] = 1 }
    return summed(to: target) / Float(count / target.reduce(1, *))
  }
}

/// The values of one tensor with the gradient of another: for steps that have none of their own,
/// such as a codec.
public func straightThrough(_ x: Tensor, value: Tensor) -> Tensor {
  precondition(x.shape == value.shape, "values of \(value.shape) for a tensor of \(x.shape)")
  return Tensor.recorded(value.plainBuffer, shape: x.shape, from: [x]) { [$0] }
}
