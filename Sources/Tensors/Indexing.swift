internal import Kernels

/// Whole numbers that say where elements stand, in a shape of their own.
public struct Indices: Hashable, Sendable {
  /// The numbers in the order of the shape.
  public var values: [Int] {
    if let origin, let trace = Trace.current { trace.addReading(of: origin.tensor) }
    return stored
  }
  public let shape: [Int]
  /// Where they were found, if that was in a tensor.
  public let origin: IndicesOrigin?
  fileprivate let stored: [Int]

  public init(_ values: [Int], shape: [Int]) {
    self.init(values, shape: shape, origin: nil)
  }

  init(_ values: [Int], shape: [Int], origin: IndicesOrigin?) {
    precondition(
      values.count == shape.reduce(1, *), "\(values.count) indices do not fill shape \(shape)")
    stored = values
    self.shape = shape
    self.origin = origin
  }

  public static func == (a: Indices, b: Indices) -> Bool {
    a.shape == b.shape && a.stored == b.stored
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(stored)
  }

  /// The same numbers in another shape.
  public func reshaped(_ shape: [Int]) -> Indices {
    Indices(stored, shape: shape, origin: origin)
  }

  /// The tensor in which they were found, for a trace.
  fileprivate var found: [Tensor] { origin.map { [$0.tensor] } ?? [] }
}

/// The largest or smallest elements of a tensor along an axis, whose places are known.
///
/// The tensor has no history, so that any task may hold it.
public struct IndicesOrigin: @unchecked Sendable {
  public let tensor: Tensor
  public let axis: Int
  public let isLargest: Bool

  /// - Returns: `nil` while no trace would want it.
  init?(_ tensor: Tensor, axis: Int, isLargest: Bool) {
    guard Trace.current != nil else { return nil }
    self.tensor = tensor.detached
    self.axis = axis
    self.isLargest = isLargest
  }
}

extension Tensor {
  /// For each index the element that has it along an axis and the index's own place along the
  /// others: `torch.gather`.
  ///
  /// - Parameter indices: As many axes as the tensor; along the others not longer than it.
  public func gathered(_ indices: Indices, axis: Int) -> Tensor {
    gathered(
      indices, axis: axis, as: .gather(indices, axis: axis), of: [self] + indices.found)
  }

  func gathered(
    _ indices: Indices, axis: Int, as operation: Operation, of named: [Tensor]
  ) -> Tensor {
    let positions = positions(of: indices, axis: axis)
    let own = shape
    return Tensor.recorded(
      plainBuffer.runs(at: positions, length: 1), shape: indices.shape, from: [self],
      as: operation, of: named
    ) { [$0.scattered(to: indices, axis: axis, shape: own)] }
  }

  /// Zeros of a shape, to which each element is added at its index along an axis:
  /// `torch.scatter_add`, the adjoint of ``gathered(_:axis:)``.
  public func scattered(to indices: Indices, axis: Int, shape target: [Int]) -> Tensor {
    precondition(shape == indices.shape, "elements of \(shape) scattered to \(indices.shape)")
    let positions = Tensor.positions(of: indices, axis: axis, in: target)
    let result = plainBuffer.scattered(
      to: positions, length: 1, count: target.reduce(1, *))
    return Tensor.recorded(
      result, shape: target, from: [self], as: .scatter(indices, axis: axis),
      of: [self] + indices.found
    ) {
      [$0.gathered(indices, axis: axis)]
    }
  }

  /// The items that have these indices along an axis, one after another: `torch.index_select`.
  public func items(_ indices: [Int], axis: Int) -> Tensor {
    items(indices, axis: axis, from: Indices(indices, shape: [indices.count]))
  }

  /// The items that have these indices along an axis, which the axes of the indices replace.
  public func items(_ indices: Indices, axis: Int) -> Tensor {
    items(indices.stored, axis: axis, from: indices)
      .reshaped(shape[..<axis] + indices.shape + shape[(axis + 1)...])
  }

  /// - Parameter source: The same indices with what a trace wants to know of them.
  private func items(_ indices: [Int], axis: Int, from source: Indices) -> Tensor {
    precondition(
      indices.allSatisfy { 0..<shape[axis] ~= $0 }, "items beyond \(shape[axis]) of axis \(axis)")
    var target = shape
    target[axis] = indices.count
    let (axisSize, positions) = (shape[axis], runs(of: indices, axis: axis))
    let result = plainBuffer.runs(at: positions, length: along(axis).inner)
    return Tensor.recorded(
      result, shape: target, from: [self], as: .items(source, axis: axis),
      of: [self] + source.found
    ) {
      [$0.added(to: indices, axis: axis, of: axisSize)]
    }
  }

  /// Zeros, `size` long along an axis, to which each item is added at its index: the adjoint of
  /// ``items(_:axis:)-([Int],_)``.
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
        && indices.stored.allSatisfy { 0..<shape[axis] ~= $0 },
      "indices of \(indices.shape) along axis \(axis) of \(shape)")
    let strides = rowMajorStrides(shape)
    var place = [Int](repeating: 0, count: shape.count)
    return indices.stored.map { index in
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
