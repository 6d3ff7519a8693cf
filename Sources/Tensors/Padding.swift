internal import Kernels

/// What padding is filled with.
public enum PaddingMode: Hashable, Sendable {
  case constant(Float)
  /// The picture mirrored at its outermost rows and columns, which are not repeated.
  case reflect
  /// The nearest row and column.
  case replicate

  public static let zeros = PaddingMode.constant(0)
}

extension Tensor {
  /// Pictures or signals with more around them.
  ///
  /// Maps `[batch, channels, height, width]` to `[batch, channels, top + height + bottom, left +
  /// width + right]`, and signals likewise. Padding that is reflected must be smaller than what it
  /// reflects.
  public func padded(_ padding: Padding, _ mode: PaddingMode) -> Tensor {
    let padding = applicable(padding)
    let (vertical, horizontal) = (
      Margins(before: padding.top, size: extent.height, after: padding.bottom),
      Margins(before: padding.left, size: extent.width, after: padding.right)
    )
    let moved = resampled(
      vertical: vertical.matrix(mode), horizontal: horizontal.matrix(mode),
      as: .pad(padding, mode))
    guard case .constant(let value) = mode, value != 0 else { return moved }
    let filling = (0..<vertical.total).flatMap { row in
      (0..<horizontal.total).map { column in
        vertical.isInside(row) && horizontal.isInside(column) ? 0 : value
      }
    }
    return moved
      + Tensor(
        filling, shape: [1, 1] + (shape.count == 3 ? [] : [vertical.total]) + [horizontal.total])
  }
}

/// Padding along one axis.
private struct Margins {
  let before, size, after: Int

  var total: Int { before + size + after }

  func isInside(_ index: Int) -> Bool { index >= before && index < before + size }

  func matrix(_ mode: PaddingMode) -> SparseMatrix {
    precondition(
      mode != .reflect || max(before, after) < size, "\(size) elements reflected in \(self)")
    return SparseMatrix(rows: total, columns: size) { index, add in
      let from = index - before
      switch mode {
      case .constant: if isInside(index) { add(from, 1) }
      case .reflect: add(from < 0 ? -from : from < size ? from : 2 * (size - 1) - from, 1)
      case .replicate: add(min(max(from, 0), size - 1), 1)
      }
    }
  }
}
