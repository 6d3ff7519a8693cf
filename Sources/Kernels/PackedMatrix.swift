internal import CKernels

/// A matrix whose columns are packed for products of few rows by it, such as the steps of a recurrent layer.
struct PackedMatrix {
  let inner, columns: Int
  let panels: Buffer

  /// - Parameters:
  ///   - matrix: `[inner, columns]`, or `[columns, inner]` if transposed; the packing is kept until it
  ///     changes.
  init(_ matrix: Buffer, inner: Int, columns: Int, isTransposed: Bool) {
    precondition(matrix.count == inner * columns, "\(matrix.count) floats as \(inner) × \(columns)")
    (self.inner, self.columns) = (inner, columns)
    panels = matrix.derived(Packing(inner: inner, isTransposed: isTransposed)) {
      let count = PackedMatrix.panelCount(columns)
      let packed = Buffer(count: count * inner * ck_panel())
      parallelRuns(count, cost: inner * ck_panel()) { first, share in
        ck_pack_panels(
          packed.pointer, matrix.pointer, inner, columns, isTransposed ? 1 : columns,
          isTransposed ? inner : 1, first, share)
      }
      return packed
    }
  }

  var panelCount: Int { PackedMatrix.panelCount(columns) }

  private static func panelCount(_ columns: Int) -> Int {
    (columns + ck_panel() - 1) / ck_panel()
  }
}

private struct Packing: Hashable {
  let inner: Int
  let isTransposed: Bool
}
