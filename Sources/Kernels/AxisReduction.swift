internal import CKernels

// Work along one axis of an array that is seen as `[outer, size, inner]`.

/// One axis of an array, with the counts of elements before and after it.
public struct ArrayAxis: Hashable, Sendable {
  public let outer, size, inner: Int

  public init(outer: Int, size: Int, inner: Int) {
    self.outer = outer
    self.size = size
    self.inner = inner
  }

  /// Gives out whole items, or columns of them where they are few.
  fileprivate func forEachShare(_ body: (_ item: Int, _ column: Int, _ columns: Int) -> Void) {
    if outer == 1 {
      parallelRuns(inner, cost: size) { body(0, $0, $1) }
    } else {
      parallelRuns(outer, cost: size * inner) { start, length in
        for item in start..<start + length { body(item, 0, inner) }
      }
    }
  }
}

extension Buffer {
  private func check(_ axis: ArrayAxis) {
    precondition(count == axis.outer * axis.size * axis.inner, "\(count) floats as \(axis)")
  }

  /// The sums along an axis, `[outer, inner]`.
  public func summed(along axis: ArrayAxis) -> Buffer {
    check(axis)
    let result = Buffer(count: axis.outer * axis.inner)
    axis.forEachShare { item, column, columns in
      let from = pointer + item * axis.size * axis.inner
      if axis.inner == 1 {
        result.pointer[item] = Float(ck_sum(from, axis.size))
      } else {
        ck_sum_rows(
          result.pointer + item * axis.inner + column, from + column, axis.size, columns, axis.inner
        )
      }
    }
    return result
  }

  /// Where the first of the largest elements along an axis stands, `[outer, inner]`; of the
  /// smallest, if `negated`.
  public func indicesOfLargest(along axis: ArrayAxis, negated: Bool = false) -> [Int] {
    check(axis)
    precondition(axis.size > 0, "the largest of no elements")
    let count = axis.outer * axis.inner
    let indices = [Int32](unsafeUninitializedCapacity: count) { indices, written in
      indices.initialize(repeating: 0)  // for a cancelled task, whose operations write nothing
      nonisolated(unsafe) let start = indices.baseAddress
      axis.forEachShare { item, column, columns in
        ck_largest_row(
          start.map { $0 + item * axis.inner + column },
          pointer + item * axis.size * axis.inner + column, negated ? -1 : 1, axis.size, columns,
          axis.inner)
      }
      written = count
    }
    return indices.map { Int($0) }
  }

  /// The sum up to each element along an axis.
  public func cumulativeSum(along axis: ArrayAxis) -> Buffer {
    check(axis)
    let result = Buffer(count: count)
    axis.forEachShare { item, column, columns in
      let start = item * axis.size * axis.inner + column
      ck_cumulative_sum(
        result.pointer + start, pointer + start, axis.size, columns, axis.inner)
    }
    return result
  }

  /// Runs of elements one after another.
  ///
  /// - Parameters:
  ///   - positions: Where each run begins, in units of its length.
  ///   - length: Of every run.
  public func runs(at positions: [Int], length: Int) -> Buffer {
    let result = Buffer(count: positions.count * length)
    let available = length == 0 ? 0 : count / length
    precondition(
      positions.allSatisfy { 0..<available ~= $0 }, "runs outside of \(available) of \(length)")
    parallelRuns(positions.count, cost: length) { start, share in
      for index in start..<start + share {
        (result.pointer + index * length).update(
          from: pointer + positions[index] * length, count: length)
      }
    }
    return result
  }

  /// The adjoint of ``runs(at:length:)``: zeros, to which each run is added at its position.
  public func scattered(to positions: [Int], length: Int, count: Int) -> Buffer {
    let result = Buffer(repeating: 0, count: count)
    precondition(
      self.count == positions.count * length
        && positions.allSatisfy { $0 >= 0 && ($0 + 1) * length <= count },
      "\(positions.count) runs of \(length) scattered into \(count)")
    for (index, position) in positions.enumerated() {
      ck_accumulate(
        result.pointer + position * length, pointer + index * length, 1, length)
    }
    return result
  }
}
