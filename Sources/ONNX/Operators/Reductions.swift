internal import Tensors

// Sums, extremes and their like along some axes.

extension OperatorCall {
  func reduction() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    switch name {
    case "ReduceSum": return try reduced { $0.sum(axes: $1) }
    case "ReduceMean": return try reduced { $0.mean(axes: $1) }
    case "ReduceMax": return try reduced { x, axes in axes.reduce(x) { $0.max(axis: $1) } }
    case "ReduceMin": return try reduced { x, axes in axes.reduce(x) { $0.min(axis: $1) } }
    case "ReduceL1": return try reduced { abs($0).sum(axes: $1) }
    case "ReduceL2": return try reduced { $0.norm(axes: $1) }
    case "ReduceSumSquare": return try reduced { ($0 * $0).sum(axes: $1) }
    case "ReduceLogSum": return try reduced { log($0.sum(axes: $1)) }
    case "ReduceLogSumExp": return try reduced { $0.logSumExp(axes: $1) }
    case "ArgMax": return try place(value.tensor, keepsFirst: { $0.argmax(axis: $1) })
    case "ArgMin": return try place(value.tensor, keepsFirst: { $0.argmin(axis: $1) })
    case "CumSum":
      guard let axis = try integers(1)?.first, integer("exclusive", 0) == 0 else {
        throw unsupported("exclusive sums")
      }
      let along = try self.axis(axis, rank: value.shape.count)
      guard integer("reverse", 0) == 1 else {
        return value.with(value.tensor.cumulativeSum(axis: along))
      }
      return value.with(
        value.tensor.flipped(axes: [along]).cumulativeSum(axis: along).flipped(axes: [along]))
    default: return nil
    }
  }

  /// - Parameter reduce: Keeps the axes as 1.
  private func reduced(_ reduce: (Tensor, [Int]) -> Tensor) throws(ONNXError) -> GraphValue {
    let value = try value(0)
    let (x, rank) = (value.tensor, value.shape.count)
    var axes = try self.axes(input: 1, rank: rank) ?? []
    if axes.isEmpty {
      if integer("noop_with_empty_axes", 0) == 1 { return value }
      axes = Array(0..<rank)
    }
    guard x.count > 0 else { throw unsupported("an empty tensor") }
    let result = axes.isEmpty ? reduce(x.reshaped([1]), [0]).reshaped([]) : reduce(x, axes)
    guard integer("keepdims", 1) == 0 else { return value.with(result) }
    return value.with(
      result.reshaped(result.shape.indices.filter { !axes.contains($0) }.map { result.shape[$0] }))
  }

  private func place(
    _ x: Tensor, keepsFirst find: (Tensor, Int) -> Indices
  ) throws(ONNXError) -> GraphValue {
    guard integer("select_last_index", 0) == 0 else { throw unsupported("the last place") }
    let axis = try axis(integer("axis", 0), rank: x.shape.count)
    let found = find(x, axis)
    var shape = found.shape
    if integer("keepdims", 1) == 0 { shape.remove(at: axis) }
    return .integers(Indices(found.values, shape: shape))
  }
}
