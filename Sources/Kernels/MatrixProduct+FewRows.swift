internal import CKernels

// Products of few rows by a large matrix, as where a layer maps a short sequence: to order the matrix for the product
// would take longer than to read it as it stands.

extension MatrixProduct {
  /// Whether one side is so small beside the matrix: the left one, or where that is transposed, the sum.
  var hasFewRows: Bool {
    leftIsTransposed
      ? inner <= 256 && rows >= 128 && columns >= 64
      : rows <= 256 && inner >= 128 && columns >= 12
  }

  /// The sides are `[rows, inner]` and `[columns, inner]`.
  func byRows(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ initial: Buffer?
  ) -> Buffer {
    let result = Buffer(count: rows * columns)
    let packed = Buffer(count: rows * ((inner + 15) / 16 * 16))
    let height = ck_dot_height(channelLanes)
    parallelRuns((rows + height - 1) / height, cost: height * inner) { first, count in
      ck_dot_pack(
        packed.pointer, left, rows, inner, first * height,
        min(count * height, rows - first * height), channelLanes)
    }
    parallelRuns(columns, cost: max(1, rows * inner / 4)) { first, count in
      ck_dots(
        result.pointer, initial?.pointer, packed.pointer, right, rows, inner, columns, first,
        count, channelLanes)
    }
    return result
  }

  /// The sides are `[rows, inner]` and `[inner, columns]`.
  func streamed(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>) -> Buffer {
    let result = Buffer(count: rows * columns)
    let tiles = tiles(left, row: inner, column: 1)
    parallelShares((columns + ck_panel() - 1) / ck_panel()) { panels in
      ck_streamed_product(
        result.pointer, tiles.pointer, right, rows, inner, columns, panels.lowerBound,
        panels.count, channelLanes)
    }
    return result
  }

  /// The sides are `[inner, rows]` and `[inner, columns]`.
  func spread(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>) -> Buffer {
    let result = Buffer(count: rows * columns)
    let tiles = tiles(left, row: 1, column: rows)
    let panels = (columns + ck_panel() - 1) / ck_panel()
    let packed = Buffer(count: panels * inner * ck_panel())
    parallelRuns(panels, cost: inner * ck_panel()) { first, count in
      ck_pack_panels(packed.pointer, right, inner, columns, columns, 1, first, count)
    }
    let height = ck_tile_height(rows, channelLanes)
    parallelRuns((rows + height - 1) / height, cost: height * columns * inner / 4) { first, count in
      for row in stride(from: first * height, to: min(rows, (first + count) * height), by: height) {
        ck_product(
          result.pointer + row * columns, columns, nil, 0, tiles.pointer + row * inner,
          packed.pointer, min(height, rows - row), inner, columns, 0, panels, channelLanes)
      }
    }
    return result
  }

  /// The rows of a left side whose elements are so far apart, as products take them.
  private func tiles(_ left: UnsafePointer<Float>, row: Int, column: Int) -> Buffer {
    let tiles = Buffer(count: rows * inner)
    let height = ck_tile_height(rows, channelLanes)
    parallelRuns((rows + height - 1) / height, cost: height * inner) { first, count in
      let start = first * height
      ck_pack_rows(
        tiles.pointer + start * inner, left + start * row, row, column,
        min(count * height, rows - start), inner, height)
    }
    return tiles
  }
}
