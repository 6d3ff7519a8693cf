internal import Kernels

// Shapes aligned at the end, sizes of 1 repeated to meet any other.

extension Tensor {
  /// The tensor repeated along its dimensions of size 1 to fill a shape.
  public func expanded(to target: [Int]) -> Tensor {
    guard target != shape else { return self }
    let (source, strides) = operand(of: target, in: .plain)
    let own = shape
    return Tensor.recorded(
      source.strided(target, strides: strides), shape: target, from: [self], as: .expand
    ) { [$0.summed(to: own)] }
  }

  /// The tensor added up along the dimensions that a smaller shape lacks or has as 1.
  public func summed(to target: [Int]) -> Tensor {
    guard target != shape else { return self }
    let padded = Array(repeating: 1, count: shape.count - target.count) + target
    precondition(
      zip(padded, shape).allSatisfy { $0 == $1 || $0 == 1 },
      "shape \(shape) does not sum to \(target)")
    // Blocks stay blocks where the channels do.
    let keeps = layout == .blocked && target.count == shape.count && target[1] == shape[1]
    let kept: Layout = keeps ? .blocked : .plain
    let isSummed = zip(padded, shape).map { $0 != $1 } + (keeps ? [false] : [])
    let result = addedUp(
      keeps ? buffer : plainBuffer, memorySizes(of: shape, in: kept), along: isSummed)
    let wide = shape
    return Tensor.recorded(result, shape: target, layout: kept, from: [self], as: .sum) {
      [$0.expanded(to: wide)]
    }
  }

  /// The result of an operation on each pair of elements.
  ///
  /// - Parameter pullback: Maps the gradient of the result to those of `a` and `b`, each in the
  ///   shape of the result.
  static func joined(
    _ a: Tensor, _ b: Tensor, by joining: Buffer.Joining,
    pullback: @escaping (Tensor) -> [Tensor?]
  ) -> Tensor {
    let shape = broadcast(a.shape, b.shape)
    // The lanes past the last channel could divide by 0.
    let isSafe = joining != .divide && joining != .atan2
    let isBlocked = [a, b].contains {
      $0.layout == .blocked && $0.shape.count == shape.count && $0.shape[1] == shape[1]
    }
    let layout: Layout = isSafe && isBlocked ? .blocked : .plain
    let (left, right) = (a.operand(of: shape, in: layout), b.operand(of: shape, in: layout))
    let result = left.buffer.joined(
      right.buffer, by: joining, sizes: memorySizes(of: shape, in: layout), strides: left.strides,
      otherStrides: right.strides)
    return recorded(
      result, shape: shape, layout: layout, from: [a, b], as: .joining(joining)
    ) { upstream in
      zip(pullback(upstream), [a.shape, b.shape]).map { $0?.summed(to: $1) }
    }
  }

  /// The memory as part of an operation that makes `target`, with its stride along each axis there.
  private func operand(of target: [Int], in layout: Layout) -> (buffer: Buffer, strides: [Int]) {
    let padded = Array(repeating: 1, count: target.count - shape.count) + shape
    precondition(
      zip(padded, target).allSatisfy { $0 == $1 || $0 == 1 },
      "shape \(shape) does not broadcast to \(target)")
    let memory: Buffer
    let sizes: [Int]
    if layout == .plain {
      (memory, sizes) = (plainBuffer, padded)
    } else if padded[1] == target[1] {
      let whole = shape == padded ? detached : Tensor(plainBuffer, shape: padded)
      (memory, sizes) = (whole.blocked.buffer, memorySizes(of: padded, in: .blocked))
    } else {
      (memory, sizes) = (plainBuffer, padded + [1])  // one channel, for all blocks and lanes
    }
    return (memory, zip(sizes, rowMajorStrides(sizes)).map { $0 == 1 ? 0 : $1 })
  }
}

/// The shape that two shapes fill together.
func broadcast(_ a: [Int], _ b: [Int]) -> [Int] {
  let rank = max(a.count, b.count)
  let left = Array(repeating: 1, count: rank - a.count) + a
  let right = Array(repeating: 1, count: rank - b.count) + b
  return zip(left, right).map { $0 == 1 ? $1 : $0 }
}

/// The distance in memory between neighbours along each axis.
func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() {
    strides[axis] = strides[axis + 1] * shape[axis + 1]
  }
  return strides
}

/// The sizes of a shape as its elements stand in memory.
private func memorySizes(of shape: [Int], in layout: Tensor.Layout) -> [Int] {
  switch layout {
  case .plain: shape
  case .blocked:
    [shape[0], (shape[1] + channelLanes - 1) / channelLanes] + shape[2...] + [channelLanes]
  }
}

/// An array added up along the axes that are flagged.
private func addedUp(_ buffer: Buffer, _ sizes: [Int], along isSummed: [Bool]) -> Buffer {
  var axes: [(size: Int, isSummed: Bool)] = []
  for (size, isSummed) in zip(sizes, isSummed) where size != 1 {
    if let last = axes.last, last.isSummed == isSummed {
      axes[axes.count - 1].size *= size
    } else {
      axes.append((size, isSummed))
    }
  }
  var buffer = buffer
  while let last = axes.lastIndex(where: \.isSummed) {
    buffer = buffer.summed(
      along: ArrayAxis(
        outer: axes[..<last].reduce(1) { $0 * $1.size }, size: axes[last].size,
        inner: axes[(last + 1)...].reduce(1) { $0 * $1.size }))
    axes.remove(at: last)
  }
  return buffer
}
