import Kernels
import TestSupport
import Testing

@Suite struct SingularValuesTests {
  @Test(arguments: [(1, 1), (3, 3), (5, 2), (2, 7), (9, 8)])
  func `the factors are orthonormal and make the matrix`(rows: Int, columns: Int) {
    let matrix = hashUniform("svd \(rows) \(columns)", count: rows * columns)
    let found = SingularValues(of: matrix, rows: rows, columns: columns)
    let rank = min(rows, columns)
    #expect(found.values.count == rank && found.values == found.values.sorted(by: >))
    for row in 0..<rows {
      for column in 0..<columns {
        let product = (0..<rank).reduce(0.0) { sum, k in
          sum + found.left[row * rank + k] * found.values[k] * found.right[k * columns + column]
        }
        #expect(abs(product - matrix[row * columns + column]) < 1e-12)
      }
    }
    for a in 0..<rank {
      for b in 0..<rank {
        let left = (0..<rows).reduce(0.0) {
          $0 + found.left[$1 * rank + a] * found.left[$1 * rank + b]
        }
        let right = (0..<columns).reduce(0.0) {
          $0 + found.right[a * columns + $1] * found.right[b * columns + $1]
        }
        #expect(abs(left - (a == b ? 1 : 0)) < 1e-12 && abs(right - (a == b ? 1 : 0)) < 1e-12)
      }
    }
  }
}
