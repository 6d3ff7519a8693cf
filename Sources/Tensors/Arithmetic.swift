internal import Kernels

// Element-wise arithmetic. Shapes broadcast as in NumPy: aligned at the end, 1 against anything.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = matched(a, b)
    return recorded(a.buffer.adding(b.buffer), shape: a.shape, layout: a.layout, from: [a, b]) {
      [$0, $0]
    }
  }

  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = matched(a, b)
    return recorded(a.buffer.subtracting(b.buffer), shape: a.shape, layout: a.layout, from: [a, b])
    {
      [$0, -$0]
    }
  }

  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = matched(a, b)
    return recorded(
      a.buffer.multiplied(by: b.buffer), shape: a.shape, layout: a.layout, from: [a, b]
    ) { [$0 * b, $0 * a] }
  }

  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let (a, b) = matched(a.plain, b.plain)  // the lanes past the last channel could divide by 0
    return recorded(a.buffer.divided(by: b.buffer), shape: a.shape, from: [a, b]) {
      [$0 / b, -($0 * a / (b * b))]
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
      buffer.affine(scale: scale, shift: shift), shape: shape, layout: layout, from: [self]
    ) { [$0 * scale] }
  }

  /// Both tensors in one shape and one layout.
  private static func matched(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    if a.shape == b.shape { return (a, b.laid(as: a)) }
    let rank = max(a.shape.count, b.shape.count)
    let left = Array(repeating: 1, count: rank - a.shape.count) + a.shape
    let right = Array(repeating: 1, count: rank - b.shape.count) + b.shape
    let shape = zip(left, right).map { max($0, $1) }
    return (a.expanded(to: shape), b.expanded(to: shape))
  }
}

extension Tensor {
  /// The tensor repeated along its dimensions of size 1 to fill a shape.
  public func expanded(to target: [Int]) -> Tensor {
    guard target != shape else { return plain }
    let padded = Array(repeating: 1, count: target.count - shape.count) + shape
    precondition(
      zip(padded, target).allSatisfy { $0 == $1 || $0 == 1 },
      "shape \(shape) does not broadcast to \(target)")
    let source = plainBuffer
    let result = Buffer(count: target.reduce(1, *))
    walk(target, over: padded) { index, from, run, repeats in
      source.withSpan { values in
        result.withMutableSpan { filled in
          for i in 0..<run { filled[index + i] = values[repeats ? from : from + i] }
        }
      }
    }
    let (own, wide) = (shape, target)
    return Tensor.recorded(result, shape: wide, from: [self]) { [$0.summed(to: own)] }
  }

  /// The tensor added up along the dimensions that a smaller shape lacks or has as 1.
  public func summed(to target: [Int]) -> Tensor {
    guard target != shape else { return plain }
    let padded = Array(repeating: 1, count: shape.count - target.count) + target
    precondition(
      zip(padded, shape).allSatisfy { $0 == $1 || $0 == 1 },
      "shape \(shape) does not sum to \(target)")
    let source = plainBuffer
    var totals = [Double](repeating: 0, count: padded.reduce(1, *))
    walk(shape, over: padded) { index, to, run, repeats in
      source.withSpan { values in
        if repeats {
          var total = 0.0
          for i in 0..<run { total += Double(values[index + i]) }
          totals[to] += total
        } else {
          for i in 0..<run { totals[to + i] += Double(values[index + i]) }
        }
      }
    }
    let wide = shape
    return Tensor.recorded(Buffer(totals.map { Float($0) }), shape: target, from: [self]) {
      [$0.expanded(to: wide)]
    }
  }
}

/// Visits a large shape in runs along its last dimension, with the place of each run in a smaller
/// shape.
///
/// - Parameter visit: Index in the large shape, index in the small one, length, whether all of it
///   falls on one element.
private func walk(_ large: [Int], over small: [Int], _ visit: (Int, Int, Int, Bool) -> Void) {
  guard let run = large.last, let last = small.last, !large.contains(0) else {
    if large.isEmpty { visit(0, 0, 1, true) }
    return
  }
  var strides = [Int](repeating: 0, count: small.count)
  var step = 1
  for axis in small.indices.reversed() {
    strides[axis] = small[axis] == 1 ? 0 : step
    step *= small[axis]
  }
  var position = [Int](repeating: 0, count: large.count)
  var place = 0
  for index in stride(from: 0, to: large.reduce(1, *), by: run) {
    visit(index, place, run, last == 1)
    var axis = large.count - 2
    while axis >= 0 {
      position[axis] += 1
      place += strides[axis]
      if position[axis] < large[axis] { break }
      place -= strides[axis] * large[axis]
      position[axis] = 0
      axis -= 1
    }
  }
}
