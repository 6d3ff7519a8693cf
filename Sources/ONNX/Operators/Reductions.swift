internal import Foundation
internal import Tensors

// Sums, extremes and their like along some axes.

extension OperatorCall {
  func reduction() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    switch name {
    case "ReduceSum": return try reduced(empty: 0) { $0.sum(axes: $1) }
    case "ReduceMean": return try reduced(empty: .nan) { $0.mean(axes: $1) }
    case "ReduceMax":
      return try reduced(empty: -.infinity) { x, axes in axes.reduce(x) { $0.max(axis: $1) } }
    case "ReduceMin":
      return try reduced(empty: .infinity) { x, axes in axes.reduce(x) { $0.min(axis: $1) } }
    case "ReduceProd":
      return try reduced(empty: 1) { x, axes in
        axes.reduce(x) { x, axis in
          (1..<x.shape[axis]).reduce(x.sliced(0..<1, axis: axis)) {
            $0 * x.sliced($1..<$1 + 1, axis: axis)
          }
        }
      }
    case "ReduceL1": return try reduced(empty: 0) { abs($0).sum(axes: $1) }
    case "ReduceL2": return try reduced(empty: 0) { $0.norm(axes: $1) }
    case "ReduceSumSquare": return try reduced(empty: 0) { ($0 * $0).sum(axes: $1) }
    case "ReduceLogSum": return try reduced(empty: -.infinity) { log($0.sum(axes: $1)) }
    case "ReduceLogSumExp": return try reduced(empty: -.infinity) { $0.logSumExp(axes: $1) }
    case "ArgMax": return try place { $0.argmax(axis: $1) }
    case "ArgMin": return try place { $0.argmin(axis: $1) }
    case "CumSum":
      guard let axis = try integers(1)?.first else { throw unsupported("no axis") }
      let along = try self.axis(axis, rank: value.shape.count)
      let x = flag("reverse") ? value.tensor.flipped(axes: [along]) : value.tensor
      let sums = x.cumulativeSum(axis: along)
      let wanted = flag("exclusive") ? sums - x : sums
      return value.with(flag("reverse") ? wanted.flipped(axes: [along]) : wanted)
    default: return nil
    }
  }

  /// - Parameters:
  ///   - empty: What no elements make.
  ///   - reduce: Keeps the axes as 1.
  private func reduced(
    empty: Float, _ reduce: (Tensor, [Int]) -> Tensor
  ) throws(ONNXError) -> GraphValue {
    let value = try value(0)
    let (x, rank) = (value.tensor, value.shape.count)
    var axes = try self.axes(input: 1, rank: rank) ?? []
    if axes.isEmpty {
      if flag("noop_with_empty_axes") { return try value.with(reducedNowhere(x, reduce)) }
      axes = Array(0..<rank)
    }
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    let result: Tensor
    if x.count == 0 {
      result = Tensor(repeating: empty, shape: kept)
    } else if axes.isEmpty {
      result = reduce(x.reshaped([1]), [0]).reshaped([])
    } else {
      result = reduce(x, axes)
    }
    guard integer("keepdims", 1) == 0 else { return value.with(result) }
    return value.with(
      result.reshaped(result.shape.indices.filter { !axes.contains($0) }.map { result.shape[$0] }))
  }

  /// Each element reduced alone.
  private func reducedNowhere(
    _ x: Tensor, _ reduce: (Tensor, [Int]) -> Tensor
  ) throws(ONNXError) -> Tensor {
    reduce(x.reshaped(x.shape + [1]), [x.shape.count]).reshaped(x.shape)
  }

  /// - Parameter find: The first place along an axis, which stays as 1.
  private func place(_ find: (Tensor, Int) -> Indices) throws(ONNXError) -> GraphValue {
    let x = try tensor(0)
    let axis = try axis(integer("axis", 0), rank: x.shape.count)
    let isLast = flag("select_last_index")
    let found = find(isLast ? x.flipped(axes: [axis]) : x, axis)
    var shape = found.shape
    if integer("keepdims", 1) == 0 { shape.remove(at: axis) }
    let size = x.shape[axis]
    return .integers(
      Indices(isLast ? found.values.map { size - 1 - $0 } : found.values, shape: shape))
  }
}
