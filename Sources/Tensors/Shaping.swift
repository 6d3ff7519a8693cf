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
    var target = shape
    target[axis] = range.count
    let keeps = keepsBlocks(axis: axis, from: range.lowerBound, to: range.upperBound)
    let layout: Layout = keeps ? .blocked : .plain
    let source = keeps ? buffer : plainBuffer
    let (outer, from) = memoryRuns(axis: axis, layout)
    let start = memoryRuns(axis: axis, layout, size: range.lowerBound).length
    let length = memoryRuns(axis: axis, layout, size: range.count).length
    let result = Buffer(count: outer * length)
    result.copyRuns(outer, of: length, from: source, at: start, step: from, to: 0, step: length)
    let (before, after) = (range.lowerBound, shape[axis] - range.upperBound)
    return Tensor.recorded(
      result, shape: target, layout: layout, from: [self], as: .slice(range, axis: axis)
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
  // Blocks stay whole where all but the last begin and end with one.
  let keeps =
    tensors.contains { $0.layout == .blocked } && axis == 1
    && tensors.dropLast().allSatisfy { $0.shape[1] % channelLanes == 0 }
  let layout: Tensor.Layout = keeps ? .blocked : .plain
  let tensors = tensors.map { keeps ? $0.blocked : $0 }
  var target = tensors[0].shape
  target[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
  let (outer, pitch) = tensors[0].memoryRuns(axis: axis, layout, size: target[axis])
  let result = Buffer(count: outer * pitch)
  var (start, place) = (0, 0)
  var ranges: [Range<Int>] = []
  for tensor in tensors {
    let source = keeps ? tensor.buffer : tensor.plainBuffer
    let length = tensor.memoryRuns(axis: axis, layout).length
    result.copyRuns(outer, of: length, from: source, at: 0, step: length, to: place, step: pitch)
    ranges.append(start..<start + tensor.shape[axis])
    start += tensor.shape[axis]
    place += length
  }
  return Tensor.recorded(
    result, shape: target, layout: layout, from: tensors, as: .concatenate(axis: axis)
  ) { upstream in
    ranges.map { upstream.sliced($0, axis: axis) }
  }
}

extension Tensor {
  /// Whether a part of an axis is made of whole blocks.
  fileprivate func keepsBlocks(axis: Int, from start: Int, to end: Int) -> Bool {
    layout == .blocked && axis == 1 && start % channelLanes == 0
      && (end % channelLanes == 0 || end == shape[1])
  }

  /// The runs of memory that hold everything at one position of the axes before `axis`.
  ///
  /// - Parameter size: Of the axis, in place of its own.
  fileprivate func memoryRuns(axis: Int, _ layout: Layout, size: Int? = nil)
    -> (count: Int, length: Int)
  {
    let (size, own) = (size ?? shape[axis], along(axis))
    let lanes = layout == .blocked ? channelLanes : 1
    return (own.outer, (size + lanes - 1) / lanes * lanes * own.inner)
  }
}
