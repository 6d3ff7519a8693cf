import Kernels
import TestSupport
import Testing

@Suite struct `A product of few rows` {
  /// Rows beside, at and beyond those of a tile; the other sizes beside vectors, panels and stretches.
  @Test(arguments: [1, 2, 4, 5, 13, 25], [(128, 12), (131, 77), (145, 96), (257, 65)])
  func `is the sum of the products`(few: Int, sizes: (large: Int, columns: Int)) {
    let (large, columns) = sizes
    expect(MatrixProduct(rows: few, inner: large, columns: columns, rightIsTransposed: true))
    expect(MatrixProduct(rows: few, inner: large, columns: columns))
    expect(MatrixProduct(rows: large, inner: few, columns: columns, leftIsTransposed: true))
  }

  private func expect(
    _ product: MatrixProduct, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (rows, inner, columns) = (product.rows, product.inner, product.columns)
    func numbers(_ name: String, _ count: Int) -> [Float] {
      hashUniform(name, count: count).map { Float($0) }
    }
    let left = numbers("left", rows * inner)
    let right = numbers("right", columns * inner)
    let initial = numbers("initial", columns)
    for initial in [nil, initial] {
      let found = product(
        Buffer(left), Buffer(right), items: [(0, 0)], initial: initial.map { Buffer($0) })
      let expected = (0..<rows * columns).map { index -> Float in
        let (row, column) = (index / columns, index % columns)
        var sum = Double(initial?[column] ?? 0)
        for k in 0..<inner {
          let a = left[product.leftIsTransposed ? k * rows + row : row * inner + k]
          let b = right[product.rightIsTransposed ? column * inner + k : k * columns + column]
          sum += Double(a) * Double(b)
        }
        return Float(sum)
      }
      expectClose(
        found.array, expected, tolerance: 1e-6, "\(product)", sourceLocation: sourceLocation)
    }
  }
}
