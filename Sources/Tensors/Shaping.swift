internal import Kernels

// Operations that move elements without changing them.

extension Tensor {
  /// The same elements in another shape.
  public func reshaped(_ target: [Int]) -> Tensor {
    precondition(target.reduce(1, *) == count, "shape \(shape) holds other counts than \(target)")
    let own = shape
    return Tensor.recorded(plainBuffer, shape: target, from: [self], as: .reshape) {
      [$0.reshaped(own)]
    }
  }

  /// Items `range` of one axis.
  public func sliced(_ range: Range<Int>, axis: Int) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice \(range) of axis \(axis) of \(shape)")
    let (outer, inner) = (along(axis).outer, along(axis).inner)
    var target = shape
    target[axis] = range.count
    let source = plainBuffer
    let result = Buffer(count: target.reduce(1, *))
    let from = shape[axis] * inner
    for i in 0..<outer {
      result.copy(
        range.count * inner, from: source, at: i * from + range.lowerBound * inner,
        to: i * range.count * inner)
    }
    let (before, after) = (range.lowerBound, shape[axis] - range.upperBound)
    return Tensor.recorded(
      result, shape: target, from: [self], as: .slice(range, axis: axis)
    ) {
      [$0.padded(before: before, after: after, axis: axis)]
    }
  }

  /// Zeros set before and after along one axis.
  public func padded(before: Int, after: Int, axis: Int) -> Tensor {
    var (head, tail) = (shape, shape)
    head[axis] = before
    tail[axis] = after
    return concatenated(
      [Tensor(repeating: 0, shape: head), self, Tensor(repeating: 0, shape: tail)], axis: axis)
  }

  /// `[batch, channels · f², height, width]` to `[batch, channels, height · f, width · f]`.
  public func pixelShuffled(_ factor: Int) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1] / (factor * factor), shape[2], shape[3])
    precondition(shape[1] % (factor * factor) == 0, "\(shape[1]) channels shuffled by \(factor)")
    return reshaped([n, c, factor, factor, h, w]).permuted([0, 1, 4, 2, 5, 3])
      .reshaped([n, c, h * factor, w * factor])
  }

  /// `[batch, channels, height · f, width · f]` to `[batch, channels · f², height, width]`.
  public func pixelUnshuffled(_ factor: Int) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2] / factor, shape[3] / factor)
    precondition(
      shape[2] % factor == 0 && shape[3] % factor == 0, "\(shape) unshuffled by \(factor)")
    return reshaped([n, c, h, factor, w, factor]).permuted([0, 1, 3, 5, 2, 4])
      .reshaped([n, c * factor * factor, h, w])
  }
}

/// Tensors one after another along an axis.
public func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
  var target = tensors[0].shape
  target[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
  let result = Buffer(count: target.reduce(1, *))
  let (outer, inner) = (tensors[0].along(axis).outer, tensors[0].along(axis).inner)
  let pitch = target[axis] * inner
  var start = 0
  var ranges: [Range<Int>] = []
  for tensor in tensors {
    let size = tensor.shape[axis]
    let source = tensor.plainBuffer
    for i in 0..<outer {
      result.copy(size * inner, from: source, at: i * size * inner, to: i * pitch + start * inner)
    }
    ranges.append(start..<start + size)
    start += size
  }
  return Tensor.recorded(
    result, shape: target, from: tensors, as: .concatenate(axis: axis)
  ) { upstream in
    ranges.map { upstream.sliced($0, axis: axis) }
  }
}
