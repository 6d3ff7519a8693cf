internal import Kernels

// Functions of one tensor, element by element.

extension Tensor {
  /// A function of each element, or one of its derivatives; differentiable while the order is below
  /// three.
  func mapped(_ function: ElementwiseFunction, derivative order: Int = 0) -> Tensor {
    if order == 0, let result = continued(by: .function(function)) { return result }
    return Tensor.recorded(
      function(buffer, derivative: order), shape: shape, layout: layout, from: [self],
      as: order == 0 ? .elementwise(function) : nil
    ) { upstream in
      if Recording.isOn { return [upstream * self.mapped(function, derivative: order + 1)] }
      let back = function(
        self.buffer, derivative: order + 1, times: upstream.laid(as: self).buffer)
      return [Tensor(back, shape: self.shape, layout: self.layout)]
    }
  }
}

/// `eˣ`.
public func exp(_ x: Tensor) -> Tensor { x.mapped(.exp) }

/// The natural logarithm.
public func log(_ x: Tensor) -> Tensor {
  Tensor.recorded(x.plainBuffer.logarithm, shape: x.shape, from: [x], as: .log) { [$0 / x] }
}

/// `x` to a constant power; x must not be negative.
public func power(_ x: Tensor, _ exponent: Float) -> Tensor {
  Tensor.recorded(
    x.plainBuffer.raised(to: exponent), shape: x.shape, from: [x], as: .power(exponent)
  ) {
    [$0 * exponent * power(x, exponent - 1)]
  }
}

/// The square root; its gradient at 0 is infinite.
public func sqrt(_ x: Tensor) -> Tensor { x.plain.mapped(.squareRoot) }

/// The size of each element; its gradient at 0 is 0.
public func abs(_ x: Tensor) -> Tensor { x.mapped(.absolute) }

public func sin(_ x: Tensor) -> Tensor { x.mapped(.sine) }

public func cos(_ x: Tensor) -> Tensor { x.mapped(.cosine) }

/// The largest whole numbers that are not larger; without gradient.
public func floor(_ x: Tensor) -> Tensor { x.detached.mapped(.floor) }

/// The nearest whole numbers, halves to even ones; without gradient.
public func round(_ x: Tensor) -> Tensor { x.detached.mapped(.round) }

/// `x` kept within a closed range; the gradient passes where x lies in it.
public func clamped(_ x: Tensor, _ range: ClosedRange<Float>) -> Tensor {
  let (low, high) = (range.lowerBound, range.upperBound)
  return Tensor.recorded(
    x.buffer.clamped(low, high), shape: x.shape, layout: x.layout, from: [x], as: .clamp(range)
  ) { [$0 * Tensor(x.buffer.inside(low, high), shape: x.shape, layout: x.layout)] }
}

/// The values of one tensor with the gradient of another: for steps that have none of their own,
/// such as a codec.
public func straightThrough(_ x: Tensor, value: Tensor) -> Tensor {
  precondition(x.shape == value.shape, "values of \(value.shape) for a tensor of \(x.shape)")
  return Tensor.recorded(
    value.plainBuffer, shape: x.shape, from: [x], as: .same, of: [value]
  ) { [$0] }
}
