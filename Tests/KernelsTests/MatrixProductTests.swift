import Kernels
import TestSupport
import Testing

@Suite struct `A product by rows` {
  /// Rows beside, at and beyond a pack's; columns and inner sizes beside a tile's and a vector's.
  @Test(arguments: [1, 2, 4, 5, 11], [(128, 12), (131, 13), (145, 23), (256, 31)])
  func `is the sum of the products`(rows: Int, sizes: (inner: Int, columns: Int)) {
    let (inner, columns) = sizes
    func numbers(_ name: String, _ count: Int) -> [Float] {
      hashUniform(name, count: count).map { Float($0) }
    }
    let left = numbers("left", rows * inner)
    let right = numbers("right", columns * inner)
    let initial = numbers("initial", columns)
    let product = MatrixProduct(
      rows: rows, inner: inner, columns: columns, rightIsTransposed: true)
    for initial in [nil, initial] {
      let found = product(
        Buffer(left), Buffer(right), items: [(0, 0)], initial: initial.map { Buffer($0) })
      let expected = (0..<rows * columns).map { index -> Float in
        let (row, column) = (index / columns, index % columns)
        return Float(
          (0..<inner).reduce(Double(initial?[column] ?? 0)) {
            $0 + Double(left[row * inner + $1]) * Double(right[column * inner + $1])
          })
      }
      expectClose(found.array, expected, tolerance: 1e-6, "\(rows) rows of \(sizes)")
    }
  }
}
