internal import COpenBLAS

/// A matrix as `left · diagonal(values) · right`, in double precision.
///
/// For the small systems of geometry and colour, not for networks. Computed by LAPACK's `dgesdd`.
public struct SingularValues: Sendable {
  /// `[rows, rank]`, row by row; its columns are orthonormal.
  public let left: [Double]
  /// Largest first.
  public let values: [Double]
  /// `[rank, columns]`, row by row; its rows are orthonormal.
  public let right: [Double]

  /// - Parameter matrix: `rows · columns` finite numbers, row by row.
  public init(of matrix: [Double], rows: Int, columns: Int) {
    precondition(
      matrix.count == rows * columns && rows > 0 && columns > 0,
      "\(matrix.count) numbers as a matrix of \(rows)×\(columns)")
    _ = threadCount  // sets OpenBLAS to one thread
    let rank = min(rows, columns)
    // LAPACK counts along columns first: to it this is the transposed matrix, and left is right.
    let (height, width) = ([Int32(columns)], [Int32(rows)])
    var copy = matrix
    var left = [Double](repeating: 0, count: rows * rank)
    var values = [Double](repeating: 0, count: rank)
    var right = [Double](repeating: 0, count: rank * columns)
    let room = Int32(8 * rank * rank + 8 * max(rows, columns) + 64)
    var work = [Double](repeating: 0, count: Int(room))
    var integers = [Int32](repeating: 0, count: 8 * rank)
    var status: Int32 = 0
    dgesdd_(
      "S", height, width, &copy, height, &values, &right, height, &left, [Int32(rank)], &work,
      [room], &integers, &status, 1)
    precondition(status == 0, "no singular values of a matrix of \(rows)×\(columns): \(status)")
    self.left = left
    self.values = values
    self.right = right
  }
}
