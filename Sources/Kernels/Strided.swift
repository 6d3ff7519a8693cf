internal import CKernels

// Arrays of any number of axes, each element at Σ index · stride.

extension Buffer {
  /// The elements at `offset + Σ index · stride`, in order: transposing, mirroring, repeating and
  /// cutting out are all of this kind.
  ///
  /// - Parameter strides: Per axis; 0 repeats, less than 0 runs backwards.
  public func strided(_ sizes: [Int], strides: [Int], offset: Int = 0) -> Buffer {
    let result = Buffer(count: sizes.reduce(1, *))
    guard result.count > 0 else { return result }
    let reach = zip(sizes, strides).map { ($0 - 1) * $1 }
    precondition(
      offset + reach.reduce(0) { $0 + min($1, 0) } >= 0
        && offset + reach.reduce(0) { $0 + max($1, 0) } < count,
      "\(sizes) floats by strides \(strides) from \(offset) of \(count)")
    var axes = merged(sizes, [strides])
    let column = axes.removeLast()
    // Where columns are not neighbours, the axis whose elements are goes down the rows.
    let across = axes.indices.min { abs(axes[$0].strides[0]) < abs(axes[$1].strides[0]) }
    let isTurned = abs(column.strides[0]) > 1
    guard let row = isTurned ? across : axes.indices.last else {
      ck_copy_strided(
        result.pointer, pointer + offset, 1, column.size, 0, 0, column.strides[0])
      return result
    }
    let rows = axes[row]
    let rowPitch = axes[(row + 1)...].reduce(column.size) { $0 * $1.size }
    let others = axes.indices.filter { $0 != row }
    let panels = others.reduce(1) { $0 * axes[$1].size }
    parallelRuns(panels * rows.size, cost: column.size) { start, length in
      var (index, left) = (start, length)
      while left > 0 {
        let (panel, first) = (index / rows.size, index % rows.size)
        let run = min(left, rows.size - first)
        var (rest, from, to) = (panel, offset, 0)
        for axis in others.reversed() {
          let position = rest % axes[axis].size
          rest /= axes[axis].size
          from += position * axes[axis].strides[0]
          to += position * axes[(axis + 1)...].reduce(column.size) { $0 * $1.size }
        }
        ck_copy_strided(
          result.pointer + to + first * rowPitch, pointer + from + first * rows.strides[0], run,
          column.size, rowPitch, rows.strides[0], column.strides[0])
        index += run
        left -= run
      }
    }
    return result
  }

  /// How two numbers become one.
  public enum Joining: Sendable {
    case add, subtract, multiply, divide, maximum, minimum
    /// 1 where it holds, else 0.
    case greater, greaterOrEqual, equal
    /// The angle whose tangent is a / b, in the quadrant of (b, a).
    case atan2
  }

  /// Each element of one array with one of another.
  ///
  /// - Parameters:
  ///   - sizes: Of the result.
  ///   - strides: Of this array per axis of the result, 0 where it is repeated.
  ///   - otherStrides: Likewise.
  public func joined(
    _ other: Buffer, by joining: Joining, sizes: [Int], strides: [Int], otherStrides: [Int]
  ) -> Buffer {
    let kernel: Join =
      switch joining {
      case .add: ck_add
      case .subtract: ck_subtract
      case .multiply: ck_multiply
      case .divide: ck_divide
      case .maximum: ck_maximum
      case .minimum: ck_minimum
      case .greater: ck_greater
      case .greaterOrEqual: ck_greater_or_equal
      case .equal: ck_equal
      case .atan2: ck_atan2
      }
    let result = Buffer(count: sizes.reduce(1, *))
    guard result.count > 0 else { return result }
    for (buffer, strides) in [(self, strides), (other, otherStrides)] {
      precondition(
        zip(sizes, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 } < buffer.count,
        "\(sizes) floats by strides \(strides) of \(buffer.count)")
    }
    var axes = merged(sizes, [strides, otherStrides])
    let column = axes.removeLast()
    let row = axes.popLast() ?? Axis(size: 1, strides: [0, 0])
    let work = { (panel: Int, first: Int, rows: Int, start: Int, columns: Int) in
      var (rest, from, otherFrom) = (panel, 0, 0)
      for axis in axes.reversed() {
        let position = rest % axis.size
        rest /= axis.size
        from += position * axis.strides[0]
        otherFrom += position * axis.strides[1]
      }
      kernel(
        result.pointer + (panel * row.size + first) * column.size + start,
        self.pointer + from + first * row.strides[0] + start * column.strides[0],
        other.pointer + otherFrom + first * row.strides[1] + start * column.strides[1], rows,
        columns, row.strides[0], column.strides[0], row.strides[1], column.strides[1])
    }
    let panels = axes.reduce(1) { $0 * $1.size }
    guard panels * row.size > 1 else {
      parallelRuns(column.size) { start, length in work(0, 0, 1, start, length) }
      return result
    }
    parallelRuns(panels * row.size, cost: column.size) { start, length in
      var (index, left) = (start, length)
      while left > 0 {
        let run = min(left, row.size - index % row.size)
        work(index / row.size, index % row.size, run, 0, column.size)
        index += run
        left -= run
      }
    }
    return result
  }

  private typealias Join = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Int, Int, Int, Int,
    Int, Int
  ) -> Void

  /// `a` where this mask is not 0, else `b`.
  public func selecting(_ a: Buffer, _ b: Buffer) -> Buffer {
    precondition(
      count == a.count && count == b.count, "\(count) masks over \(a.count) and \(b.count) floats")
    let result = Buffer(count: count)
    parallelRuns(count) { start, length in
      ck_select(
        result.pointer + start, pointer + start, a.pointer + start, b.pointer + start, length)
    }
    return result
  }
}

/// One axis of one or more arrays that are walked together.
private struct Axis {
  var size: Int
  var strides: [Int]
}

/// The fewest axes that reach the same elements in the same order; at least one.
private func merged(_ sizes: [Int], _ strides: [[Int]]) -> [Axis] {
  var axes: [Axis] = []
  for (index, size) in sizes.enumerated() where size != 1 {
    let own = strides.map { $0[index] }
    if let last = axes.last, zip(last.strides, own).allSatisfy({ $0 == $1 * size }) {
      axes[axes.count - 1] = Axis(size: last.size * size, strides: own)
    } else {
      axes.append(Axis(size: size, strides: own))
    }
  }
  return axes.isEmpty ? [Axis(size: 1, strides: strides.map { _ in 1 })] : axes
}
