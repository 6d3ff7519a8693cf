internal import Kernels

// Operations that put axes or elements in another order.

extension Tensor {
  /// The same elements with the axes in another order: axis i of the result is axis `order[i]`.
  public func permuted(_ order: [Int]) -> Tensor {
    precondition(order.sorted() == Array(shape.indices), "axes \(order) of shape \(shape)")
    guard order != Array(shape.indices) else { return self }
    let strides = rowMajorStrides(shape)
    let target = order.map { shape[$0] }
    let result = plainBuffer.strided(target, strides: order.map { strides[$0] })
    let back = order.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    return Tensor.recorded(result, shape: target, from: [self], as: .permute(order)) {
      [$0.permuted(back)]
    }
  }

  /// Two axes exchanged.
  public func transposed(_ first: Int, _ second: Int) -> Tensor {
    var order = Array(shape.indices)
    order.swapAt(first, second)
    return permuted(order)
  }

  /// The elements along some axes in reverse order.
  public func flipped(axes: [Int]) -> Tensor {
    guard count > 0 else { return self }
    var strides = rowMajorStrides(shape)
    var offset = 0
    for axis in axes {
      offset += (shape[axis] - 1) * strides[axis]
      strides[axis].negate()
    }
    let result = plainBuffer.strided(shape, strides: strides, offset: offset)
    return Tensor.recorded(result, shape: shape, from: [self], as: .flip(axes: axes)) {
      [$0.flipped(axes: axes)]
    }
  }

  /// The elements moved forward along an axis; what leaves at the end comes in at the beginning.
  public func rolled(_ distance: Int, axis: Int) -> Tensor {
    let size = shape[axis]
    let cut = ((size - distance) % size + size) % size
    return concatenated([sliced(cut..<size, axis: axis), sliced(0..<cut, axis: axis)], axis: axis)
  }

  /// The pieces of given sizes along an axis.
  public func split(_ sizes: [Int], axis: Int) -> [Tensor] {
    precondition(sizes.reduce(0, +) == shape[axis], "\(shape[axis]) elements split as \(sizes)")
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return sliced(start..<start + size, axis: axis)
    }
  }

  /// Pieces of equal size along an axis.
  public func chunked(_ count: Int, axis: Int) -> [Tensor] {
    precondition(shape[axis] % count == 0, "\(shape[axis]) elements in \(count) equal pieces")
    return split(Array(repeating: shape[axis] / count, count: count), axis: axis)
  }
}

/// Tensors of one shape side by side along a new axis.
public func stacked(_ tensors: [Tensor], axis: Int) -> Tensor {
  var unit = tensors[0].shape
  unit.insert(1, at: axis)
  return concatenated(tensors.map { $0.reshaped(unit) }, axis: axis)
}
