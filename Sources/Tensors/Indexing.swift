internal import Kernels

/// Whole numbers that say where elements stand, in a shape of their own.
public struct Indices: Hashable, Sendable {
  public let values: [Int]
  public let shape: [Int]

  public init(_ values: [Int], shape: [Int]) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) indices do not fill shape \(shape)")
    self.values = values
    self.shape = shape
  }
}

extension Tensor {
  /// For each index the element that has it along an axis and the index's own place along the
  /// others: `torch.gather`.
  ///
  /// - Parameter indices: As many axes as the tensor; along the others not longer than it.
  public func gathered(_ indices: Indices, axis: Int) -> Tensor {
    let positions = positions(of: indices, axis: axis)
    let own = shape
    return Tensor.recorded(
      plainBuffer.runs(at: positions, length: 1), shape: indices.shape, from: [self]
    ) { [$0.scattered(to: indices, axis: axis, shape: own)] }
  }

  /// Zeros of a shape, to which each element is added at its index along an axis:
  /// `torch.scatter_add`, the adjoint of ``gathered(_:axis:)``.
  public func scattered(to indices: Indices, axis: Int, shape target: [Int]) -> Tensor {
    precondition(shape == indices.shape, "elements of \(shape) scattered to \(indices.shape)")
    let positions = Tensor.positions(of: indices, axis: axis, in: target)
    let result = plainBuffer.scattered(
      to: positions, length: 1, count: target.reduce(1, *))
    return Tensor.recorded(result, shape: target, from: [self]) {
      [$0.gathered(indices, axis: axis)]
    }
  }

  /// The items that have these indices along an axis, one after another: `torch.index_select`.
  public func items(_ indices: [Int], axis: Int) -> Tensor {
    precondition(
      indices.allSatisfy { 0..<shape[axis] ~= $0 }, "items beyond \(shape[axis]) of axis \(axis)")
    var target = shape
    target[axis] = indices.count
    let (axisSize, positions) = (shape[axis], runs(of: indices, axis: axis))
    let result = plainBuffer.runs(at: positions, length: along(axis).inner)
    return Tensor.recorded(
      result, shape: target, from: [self], as: .items(indices, axis: axis)
    ) {
      [$0.added(to: indices, axis: axis, of: axisSize)]
    }
  }

  /// Zeros, `size` long along an axis, to which each item is added at its index: the adjoint of
  /// ``items(_:axis:)``.
  public func added(to indices: [Int], axis: Int, of size: Int) -> Tensor {
    precondition(indices.count == shape[axis], "\(indices.count) indices for \(shape)")
    var target = shape
    target[axis] = size
    let positions = Tensor(repeating: 0, shape: target).runs(of: indices, axis: axis)
    let result = plainBuffer.scattered(
      to: positions, length: along(axis).inner, count: target.reduce(1, *))
    return Tensor.recorded(result, shape: target, from: [self]) {
      [$0.items(indices, axis: axis)]
    }
  }

  /// Where items stand, in units of what is after the axis.
  private func runs(of indices: [Int], axis: Int) -> [Int] {
    let size = shape[axis]
    return (0..<along(axis).outer).flatMap { outer in indices.map { outer * size + $0 } }
  }

  private func positions(of indices: Indices, axis: Int) -> [Int] {
    Tensor.positions(of: indices, axis: axis, in: shape)
  }

  private static func positions(of indices: Indices, axis: Int, in shape: [Int]) -> [Int] {
    precondition(
      indices.shape.count == shape.count
        && shape.indices.allSatisfy { $0 == axis || indices.shape[$0] <= shape[$0] }
        && indices.values.allSatisfy { 0..<shape[axis] ~= $0 },
      "indices of \(indices.shape) along axis \(axis) of \(shape)")
    let strides = rowMajorStrides(shape)
    var place = [Int](repeating: 0, count: shape.count)
    return indices.values.map { index in
      var position = index * strides[axis]
      for other in shape.indices where other != axis { position += place[other] * strides[other] }
      for other in shape.indices.reversed() {
        place[other] += 1
        if place[other] < indices.shape[other] { break }
        place[other] = 0
      }
      return position
    }
  }
}
