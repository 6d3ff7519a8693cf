/// The pairs of rows and columns with the least sum of costs; each row and column is in at most one.
///
/// Source: Kuhn 1955, "The Hungarian method for the assignment problem", in the form with potentials
/// and shortest paths, O(n³).
///
/// - Parameters:
///   - costs: One array of finite numbers per row, all of one length.
///   - limit: A pair that costs more is left apart.
func assignment(_ costs: [[Double]], limit: Double) -> [(row: Int, column: Int)] {
  let (rows, columns) = (costs.count, costs.first?.count ?? 0)
  guard rows > 0, columns > 0 else { return [] }
  // Each row also has a column of its own at the limit, so that staying apart is a choice.
  let size = columns + rows
  func cost(_ row: Int, _ column: Int) -> Double {
    column < columns ? min(costs[row][column], 2 * limit) : limit
  }
  var rowPotential = [Double](repeating: 0, count: rows + 1)
  var columnPotential = [Double](repeating: 0, count: size + 1)
  var rowOfColumn = [Int](repeating: 0, count: size + 1)  // 0 for none; rows count from 1
  for row in 1...rows {
    rowOfColumn[0] = row
    var previous = [Int](repeating: 0, count: size + 1)
    var least = [Double](repeating: .infinity, count: size + 1)
    var isUsed = [Bool](repeating: false, count: size + 1)
    var column = 0
    repeat {
      isUsed[column] = true
      let current = rowOfColumn[column]
      var (step, next) = (Double.infinity, 0)
      for other in 1...size where !isUsed[other] {
        let reduced =
          cost(current - 1, other - 1) - rowPotential[current] - columnPotential[other]
        if reduced < least[other] {
          least[other] = reduced
          previous[other] = column
        }
        if least[other] < step { (step, next) = (least[other], other) }
      }
      for other in 0...size {
        if isUsed[other] {
          rowPotential[rowOfColumn[other]] += step
          columnPotential[other] -= step
        } else {
          least[other] -= step
        }
      }
      column = next
    } while rowOfColumn[column] != 0
    while column != 0 {
      rowOfColumn[column] = rowOfColumn[previous[column]]
      column = previous[column]
    }
  }
  return (1...columns).compactMap { column in
    let row = rowOfColumn[column]
    guard row > 0, costs[row - 1][column - 1] <= limit else { return nil }
    return (row - 1, column - 1)
  }
}
