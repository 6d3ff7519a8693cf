internal import Kernels

// Operations that move elements without changing them.

extension Tensor {
  /// The same elements in another shape.
  public func reshaped(_ target: [Int]) -> Tensor {
    precondition(target.reduce(1, *) == count, "shape \(shape) holds other counts than \(target)")
    let own = shape
    return Tensor.recorded(plainBuffer, shape: target, from: [self]) { [$0.reshaped(own)] }
  }

  /// Items `range` of one axis.
  public func sliced(_ range: Range<Int>, axis: Int) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice \(range) of axis \(axis) of \(shape)")
    let (outer, inner) = runs(of: axis)
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
    return Tensor.recorded(result, shape: target, from: [self]) {
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

  /// Elements before and after an axis.
  fileprivate func runs(of axis: Int) -> (outer: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
  }

  /// `[batch, channels · f², height, width]` to `[batch, channels, height · f, width · f]`.
  public func pixelShuffled(_ factor: Int) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1] / (factor * factor), shape[2], shape[3])
    precondition(shape[1] % (factor * factor) == 0, "\(shape[1]) channels shuffled by \(factor)")
    return permuted(
      reading: [n, c, factor, factor, h, w], order: [0, 1, 4, 2, 5, 3],
      target: [n, c, h * factor, w * factor]
    ) { $0.pixelUnshuffled(factor) }
  }

  /// `[batch, channels, height · f, width · f]` to `[batch, channels · f², height, width]`.
  public func pixelUnshuffled(_ factor: Int) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2] / factor, shape[3] / factor)
    precondition(
      shape[2] % factor == 0 && shape[3] % factor == 0, "\(shape) unshuffled by \(factor)")
    return permuted(
      reading: [n, c, h, factor, w, factor], order: [0, 1, 3, 5, 2, 4],
      target: [n, c * factor * factor, h, w]
    ) { $0.pixelShuffled(factor) }
  }

  /// The elements, seen as `reading`, with its axes in another order.
  private func permuted(
    reading: [Int], order: [Int], target: [Int], back: @escaping (Tensor) -> Tensor
  ) -> Tensor {
    var strides = [Int](repeating: 1, count: reading.count)
    for axis in reading.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * reading[axis + 1]
    }
    let sizes = order.map { reading[$0] }
    let steps = order.map { strides[$0] }
    let result = Buffer(count: count)
    plainBuffer.withSpan { source in
      result.withMutableSpan { filled in
        var index = 0
        for a in 0..<sizes[0] * sizes[1] {
          let start = a / sizes[1] * steps[0] + a % sizes[1] * steps[1]
          for b in 0..<sizes[2] {
            for c in 0..<sizes[3] {
              for d in 0..<sizes[4] {
                var from = start + b * steps[2] + c * steps[3] + d * steps[4]
                for _ in 0..<sizes[5] {
                  filled[index] = source[from]
                  index += 1
                  from += steps[5]
                }
              }
            }
          }
        }
      }
    }
    return Tensor.recorded(result, shape: target, from: [self]) { [back($0)] }
  }
}

/// Tensors one after another along an axis.
public func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
  var target = tensors[0].shape
  target[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
  let result = Buffer(count: target.reduce(1, *))
  let (outer, inner) = tensors[0].runs(of: axis)
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
  return Tensor.recorded(result, shape: target, from: tensors) { upstream in
    ranges.map { upstream.sliced($0, axis: axis) }
  }
}
