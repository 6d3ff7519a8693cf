internal import Kernels

// Element-wise arithmetic. Shapes broadcast as in NumPy: aligned at the end, 1 against anything.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    if a.shape == b.shape, a.layout == b.layout {
      // The other is read now, so the one that waits is to be continued.
      let (first, second) = a.isPending ? (a, b) : (b, a)
      if let result = first.continued(by: .add(second.buffer)) { return result }
    }
    return joined(a, b, by: .add) { [$0, $0] }
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    joined(a, b, by: .subtract) { [$0, b.isTracked ? -$0 : nil] }
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    joined(a, b, by: .multiply) { [a.isTracked ? $0 * b : nil, b.isTracked ? $0 * a : nil] }
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    joined(a, b, by: .divide) {
      [a.isTracked ? $0 / b : nil, b.isTracked ? -($0 * a / (b * b)) : nil]
    }
  }

  public static func * (scale: Float, a: Tensor) -> Tensor { a.affine(scale: scale, shift: 0) }
  public static func * (a: Tensor, scale: Float) -> Tensor { a.affine(scale: scale, shift: 0) }
  public static func / (a: Tensor, scale: Float) -> Tensor { a.affine(scale: 1 / scale, shift: 0) }
  public static func + (a: Tensor, shift: Float) -> Tensor { a.affine(scale: 1, shift: shift) }
  public static func - (a: Tensor, shift: Float) -> Tensor { a.affine(scale: 1, shift: -shift) }
  public static func - (shift: Float, a: Tensor) -> Tensor { a.affine(scale: -1, shift: shift) }
  public static prefix func - (a: Tensor) -> Tensor { a.affine(scale: -1, shift: 0) }

  /// `scale · x + shift`.
  public func affine(scale: Float, shift: Float) -> Tensor {
    Tensor.recorded(
      buffer.affine(scale: scale, shift: shift), shape: shape, layout: layout, from: [self],
      as: .affine(scale: scale, shift: shift)
    ) { [$0 * scale] }
  }
}

/// The larger of each two elements; where they are equal, each has half of the gradient.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.joined(a, b, by: .maximum) { shared($0, firstWhere: a .> b, equal: a .== b) }
}

/// The smaller of each two elements; where they are equal, each has half of the gradient.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.joined(a, b, by: .minimum) { shared($0, firstWhere: a .< b, equal: a .== b) }
}

private func shared(_ upstream: Tensor, firstWhere mask: Tensor, equal: Tensor) -> [Tensor] {
  let first = upstream * (mask + 0.5 * equal)
  return [first, upstream - first]
}

/// The angle of each point (x, y), −π…π.
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor {
  Tensor.joined(y, x, by: .atan2) {
    let scaled = $0 / (x * x + y * y)
    return [scaled * x, -(scaled * y)]
  }
}
