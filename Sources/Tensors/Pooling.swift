internal import Kernels

// Maxima and means of windows. Layouts are kept by means; maxima are taken of blocked tensors.

/// The maximum of each window; padding is never one.
///
/// | Quantity | Shape |
/// |---|---|
/// | `x` | `[batch, channels, height, width]` or `[batch, channels, length]` |
/// | result | per axis `(size + 2 · padding − kernel) / stride + 1` |
///
/// The gradient goes to the first maximum of a window.
///
/// - Parameters:
///   - stride: The kernel's size by default.
///   - padding: At most half the kernel.
///   - ceilMode: Whether the last window may reach beyond the padding, as long as it begins before
///     it.
public func maxPooled(
  _ x: Tensor, kernel: Extent = 2, stride: Extent? = nil, padding: Extent = 0,
  ceilMode: Bool = false
) -> Tensor {
  let steps = PoolingSteps(x, kernel, stride, padding, ceilMode: ceilMode)
  return maxPooled(
    x.blocked, rows: steps.rows.windows.map(\.inside),
    columns: steps.columns.windows.map(\.inside),
    as: .maxPool(
      kernel: kernel, stride: stride ?? kernel, padding: padding, ceilMode: ceilMode))
}

/// The mean of each window.
///
/// - Parameters:
///   - stride: The kernel's size by default.
///   - padding: Zeros on all sides, at most half the kernel.
///   - ceilMode: Whether the last window may reach beyond the padding, as long as it begins before
///     it.
///   - countsPadding: Whether the zeros count as elements of a window.
public func averagePooled(
  _ x: Tensor, kernel: Extent, stride: Extent? = nil, padding: Extent = 0, ceilMode: Bool = false,
  countsPadding: Bool = true
) -> Tensor {
  let steps = PoolingSteps(x, kernel, stride, padding, ceilMode: ceilMode)
  return x.resampled(
    vertical: steps.rows.means(countingPadding: countsPadding),
    horizontal: steps.columns.means(countingPadding: countsPadding),
    as: .averagePool(
      kernel: kernel, stride: stride ?? kernel, padding: padding, ceilMode: ceilMode,
      countsPadding: countsPadding))
}

/// The maxima of so many windows of nearly equal size, which may share a row or column.
public func adaptiveMaxPooled(_ x: Tensor, to size: Extent) -> Tensor {
  let (from, to) = (x.extent, x.applicable(size))
  let (rows, columns) = (shares(of: from.height, to.height), shares(of: from.width, to.width))
  return maxPooled(
    x.blocked, rows: rows, columns: columns, as: .windowMaxima(rows: rows, columns: columns))
}

/// The means of so many windows of nearly equal size, which may share a row or column; a size of 1
/// is the global mean.
public func adaptiveAveragePooled(_ x: Tensor, to size: Extent) -> Tensor {
  let (from, to) = (x.extent, x.applicable(size))
  let (rows, columns) = (shares(of: from.height, to.height), shares(of: from.width, to.width))
  return x.resampled(
    vertical: means(of: rows, size: from.height), horizontal: means(of: columns, size: from.width),
    as: .windowMeans(rows: rows, columns: columns))
}

private func maxPooled(
  _ x: Tensor, rows: [Range<Int>], columns: [Range<Int>], as operation: Operation? = nil
) -> Tensor {
  let pooling = MaxPooling(
    rows: Windows(rows), columns: Windows(columns), height: x.extent.height,
    width: x.extent.width, lanes: x.lanes)
  return picked(x, atMaximaOf: x, pooling, as: operation)
}

/// The values where the keys have their first maxima: linear in the values, constant in the keys.
private func picked(
  _ values: Tensor, atMaximaOf keys: Tensor, _ pooling: MaxPooling, as operation: Operation? = nil
) -> Tensor {
  let size = Extent(height: pooling.rows.count, width: pooling.columns.count)
  return Tensor.recorded(
    pooling.values(values.laid(as: keys).buffer, atMaximaOf: keys.buffer),
    shape: keys.shape(channels: keys.shape[1], size), layout: keys.layout, from: [values],
    as: operation
  ) { [placed($0, atMaximaOf: keys, pooling)] }
}

/// The adjoint of ``picked(_:atMaximaOf:_:)``.
private func placed(_ upstream: Tensor, atMaximaOf keys: Tensor, _ pooling: MaxPooling) -> Tensor {
  Tensor.recorded(
    pooling.pullback(upstream.laid(as: keys).buffer, toMaximaOf: keys.buffer), shape: keys.shape,
    layout: keys.layout, from: [upstream]
  ) { [picked($0, atMaximaOf: keys, pooling)] }
}

/// Windows that move over both axes.
private struct PoolingSteps {
  let rows, columns: PoolingAxis

  init(_ x: Tensor, _ kernel: Extent, _ stride: Extent?, _ padding: Extent, ceilMode: Bool) {
    let (size, stride) = (x.extent, x.applicable(stride ?? kernel))
    let (kernel, padding) = (x.applicable(kernel), x.applicable(padding, otherwise: 0))
    rows = PoolingAxis(
      size: size.height, kernel: kernel.height, stride: stride.height, padding: padding.height,
      ceilMode: ceilMode)
    columns = PoolingAxis(
      size: size.width, kernel: kernel.width, stride: stride.width, padding: padding.width,
      ceilMode: ceilMode)
  }
}

/// Windows that move over one axis.
private struct PoolingAxis {
  let size: Int
  /// The elements of each window, and how many it has with the padding.
  let windows: [(inside: Range<Int>, padded: Int)]

  init(size: Int, kernel: Int, stride: Int, padding: Int, ceilMode: Bool) {
    precondition(
      2 * padding <= kernel && kernel <= size + 2 * padding,
      "windows of \(kernel) over \(size) elements padded by \(padding)")
    self.size = size
    let room = size + 2 * padding - kernel
    var count = (room + (ceilMode ? stride - 1 : 0)) / stride + 1
    if (count - 1) * stride >= size + padding { count -= 1 }
    windows = (0..<count).map { index in
      let start = index * stride - padding
      return (
        max(start, 0)..<min(start + kernel, size), min(start + kernel, size + padding) - start
      )
    }
  }

  func means(countingPadding: Bool) -> SparseMatrix {
    SparseMatrix(rows: windows.count, columns: size) { row, add in
      let (inside, padded) = windows[row]
      for index in inside { add(index, 1 / Float(countingPadding ? padded : inside.count)) }
    }
  }
}

/// An axis cut into windows that together cover it, as PyTorch's adaptive pooling does.
private func shares(of size: Int, _ count: Int) -> [Range<Int>] {
  (0..<count).map { $0 * size / count..<(($0 + 1) * size + count - 1) / count }
}

private func means(of windows: [Range<Int>], size: Int) -> SparseMatrix {
  SparseMatrix(rows: windows.count, columns: size) { row, add in
    for index in windows[row] { add(index, 1 / Float(windows[row].count)) }
  }
}
