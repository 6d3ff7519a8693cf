public import Kernels

/// A constant matrix of rows in order: what a linear operation along one axis is made of.
public struct Matrix: Sendable {
  public let rows, columns: Int
  let buffer: Buffer
  /// Whether the buffer holds column by column.
  let isTransposed: Bool

  /// - Parameter values: `rows · columns` values, row by row.
  public init(_ values: [Float], rows: Int, columns: Int) {
    precondition(values.count == rows * columns, "\(values.count) values in \(rows)×\(columns)")
    self.init(Buffer(values), rows: rows, columns: columns, isTransposed: false)
  }

  private init(_ buffer: Buffer, rows: Int, columns: Int, isTransposed: Bool) {
    self.rows = rows
    self.columns = columns
    self.buffer = buffer
    self.isTransposed = isTransposed
  }

  /// The values row by row.
  public var values: [Float] {
    let stored = buffer.array
    guard isTransposed else { return stored }
    return (0..<rows).flatMap { row in (0..<columns).map { stored[$0 * rows + row] } }
  }

  var transposed: Matrix {
    Matrix(buffer, rows: columns, columns: rows, isTransposed: !isTransposed)
  }
}

extension Tensor {
  /// Each plane `x` as `vertical · x · horizontalᵀ`: resizing, blurring and area means are all of
  /// this kind.
  ///
  /// Maps `[batch, channels, vertical.columns, horizontal.columns]` to `[batch, channels,
  /// vertical.rows, horizontal.rows]`.
  public func resampled(vertical: Matrix, horizontal: Matrix) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    precondition(
      h == vertical.columns && w == horizontal.columns,
      "planes of \(h)×\(w) resampled from \(vertical.columns)×\(horizontal.columns)")
    let wide = Buffer.products(
      plainBuffer, horizontal.buffer, rows: n * c * h, inner: w, columns: horizontal.rows,
      items: 1, rightIsTransposed: !horizontal.isTransposed)
    let result = Buffer.products(
      vertical.buffer, wide, rows: vertical.rows, inner: h, columns: horizontal.rows, items: n * c,
      leftIsTransposed: vertical.isTransposed)
    return Tensor.recorded(
      result, shape: [n, c, vertical.rows, horizontal.rows], from: [self],
      as: .resample(vertical: .dense(vertical), horizontal: .dense(horizontal), meaning: nil)
    ) { [$0.resampled(vertical: vertical.transposed, horizontal: horizontal.transposed)] }
  }

  /// Each plane `x` as `vertical · x · horizontalᵀ` in the layout it has: padding, means of windows and
  /// resizing are all of this kind.
  ///
  /// Maps as ``resampled(vertical:horizontal:)`` of dense matrices does; a signal is a plane of one
  /// row.
  public func resampled(vertical: SparseMatrix, horizontal: SparseMatrix) -> Tensor {
    resampled(vertical: vertical, horizontal: horizontal, as: nil)
  }

  /// - Parameter meaning: What a trace calls it.
  func resampled(
    vertical: SparseMatrix, horizontal: SparseMatrix, as meaning: Resampling?
  ) -> Tensor {
    precondition(
      extent == Extent(height: vertical.columns, width: horizontal.columns),
      "planes of \(extent) resampled from \(vertical.columns)×\(horizontal.columns)")
    let size = Extent(height: vertical.rows, width: horizontal.rows)
    return Tensor.recorded(
      buffer.resampled(vertical: vertical, horizontal: horizontal, lanes: lanes),
      shape: shape(channels: shape[1], size), layout: layout, from: [self],
      as: .resample(
        vertical: .sparse(vertical), horizontal: .sparse(horizontal), meaning: meaning)
    ) { [$0.resampled(vertical: vertical.transposed, horizontal: horizontal.transposed)] }
  }

  /// Each pixel's channels `x` as `matrix · x`: changes of colour space.
  public func mixed(by matrix: Matrix) -> Tensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    precondition(c == matrix.columns, "\(c) channels mixed by \(matrix.columns) columns")
    let result = Buffer.products(
      matrix.buffer, plainBuffer, rows: matrix.rows, inner: c, columns: h * w, items: n,
      leftIsTransposed: matrix.isTransposed)
    return Tensor.recorded(
      result, shape: [n, matrix.rows, h, w], from: [self], as: .mix(matrix)
    ) {
      [$0.mixed(by: matrix.transposed)]
    }
  }
}
