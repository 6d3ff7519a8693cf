internal import CKernels
internal import COpenBLAS

/// Matrix products of rows in order: `result = left · right`, `[rows, inner] · [inner, columns]`,
/// per item.
public struct MatrixProduct: Sendable {
  public var rows, inner, columns: Int
  /// Whether the left matrices stand in memory as `[inner, rows]`.
  public var leftIsTransposed = false
  /// Whether the right matrices stand in memory as `[columns, inner]`.
  public var rightIsTransposed = false

  public init(
    rows: Int, inner: Int, columns: Int, leftIsTransposed: Bool = false,
    rightIsTransposed: Bool = false
  ) {
    self.rows = rows
    self.inner = inner
    self.columns = columns
    self.leftIsTransposed = leftIsTransposed
    self.rightIsTransposed = rightIsTransposed
  }

  /// The products of chosen matrices.
  ///
  /// - Parameters:
  ///   - items: Which left and which right matrix each product is of.
  ///   - initial: What the product is added to, `[columns]`, the same for every row.
  public func callAsFunction(
    _ left: Buffer, _ right: Buffer, items: [(left: Int, right: Int)], initial: Buffer? = nil
  ) -> Buffer {
    let (leftPitch, rightPitch, pitch) = (rows * inner, inner * columns, rows * columns)
    precondition(
      items.allSatisfy {
        ($0.left + 1) * leftPitch <= left.count && ($0.right + 1) * rightPitch <= right.count
      } && initial.map { $0.count == columns } ?? true,
      "products of \(left.count) and \(right.count) floats as \(items.count) of \(self)")
    if items.count == 1, hasFewRows {
      let (left, right) = (
        left.pointer + items[0].left * leftPitch, right.pointer + items[0].right * rightPitch
      )
      switch (leftIsTransposed, rightIsTransposed) {
      case (false, true): return byRows(left, right, initial)
      case (false, false) where initial == nil: return streamed(left, right)
      case (true, false) where initial == nil: return spread(left, right)
      default: break
      }
    }
    let result = Buffer(count: items.count * pitch)
    _ = threadCount  // sets OpenBLAS to one thread
    // Few products are divided along their longer side.
    let work = pitch * inner
    let parts =
      items.count >= threadCount || work < 100_000
      ? 1 : min(threadCount, max(rows, columns) / 16 + 1)
    parallel(items.count * parts) { index in
      let (item, part) = (index / parts, index % parts)
      let dividesRows = rows >= columns
      let side = dividesRows ? rows : columns
      let (start, end) = (side * part / parts, side * (part + 1) / parts)
      let (row, column) = dividesRows ? (start, 0) : (0, start)
      let (height, width) = dividesRows ? (end - start, columns) : (rows, end - start)
      guard height > 0, width > 0 else { return }
      let target = result.pointer + item * pitch + row * columns + column
      if let initial {
        for row in 0..<height {
          (target + row * columns).update(from: initial.pointer + column, count: width)
        }
      }
      cblas_sgemm(
        CblasRowMajor, leftIsTransposed ? CblasTrans : CblasNoTrans,
        rightIsTransposed ? CblasTrans : CblasNoTrans, blasint(height), blasint(width),
        blasint(inner), 1,
        left.pointer + items[item].left * leftPitch + (leftIsTransposed ? row : row * inner),
        blasint(leftIsTransposed ? rows : inner),
        right.pointer + items[item].right * rightPitch
          + (rightIsTransposed ? column * inner : column),
        blasint(rightIsTransposed ? inner : columns), initial == nil ? 0 : 1, target,
        blasint(columns))
    }
    return result
  }
}

extension Buffer {
  /// Matrix products of which each item has its own sides.
  ///
  /// A side that holds one matrix lends it to all items; one that holds more gives each its own.
  public static func products(
    _ left: Buffer, _ right: Buffer, rows: Int, inner: Int, columns: Int, items: Int,
    leftIsTransposed: Bool = false, rightIsTransposed: Bool = false
  ) -> Buffer {
    let product = MatrixProduct(
      rows: rows, inner: inner, columns: columns, leftIsTransposed: leftIsTransposed,
      rightIsTransposed: rightIsTransposed)
    let (lendsLeft, lendsRight) = (left.count == rows * inner, right.count == inner * columns)
    return product(
      left, right, items: (0..<items).map { (lendsLeft ? 0 : $0, lendsRight ? 0 : $0) })
  }
}
