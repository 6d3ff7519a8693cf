internal import Kernels

/// Colours shifted and scaled per component to the mean and deviation of others.
func matchedMoments(_ colors: [SIMD3<Double>], _ wanted: [SIMD3<Double>]) -> [SIMD3<Double>] {
  let (from, to) = (Moments(colors), Moments(wanted))
  var scale = SIMD3<Double>(repeating: 1)
  for i in 0..<3 where from.covariance[4 * i] > 0 {
    scale[i] = (to.covariance[4 * i] / from.covariance[4 * i]).squareRoot()
  }
  return colors.map { ($0 - from.mean) * scale + to.mean }
}

/// Colours under the linear map that brings their mean and covariance to those of others.
func matchedCovariance(
  _ colors: [SIMD3<Double>], _ wanted: [SIMD3<Double>], _ root: ColorTransfer.Root
) -> [SIMD3<Double>] {
  let (from, to) = (Moments(colors), Moments(wanted))
  let map: Matrix3
  switch root {
  case .cholesky:
    map = Matrix3(to.covariance).cholesky.times(Matrix3(from.covariance).cholesky.inverse)
  case .principalComponents:
    map = Matrix3(to.covariance).root().times(Matrix3(from.covariance).root(inverted: true))
  case .symmetric:
    let (own, back) = (
      Matrix3(from.covariance).root(), Matrix3(from.covariance).root(inverted: true)
    )
    let middle = own.times(Matrix3(to.covariance)).times(own).root()
    map = back.times(middle).times(back)
  }
  return colors.map { map.times($0 - from.mean) + to.mean }
}

/// Mean and covariance of colours.
private struct Moments {
  let mean: SIMD3<Double>
  /// `[3, 3]`, with a little on its diagonal so that colours on a line have one too.
  let covariance: [Double]

  init(_ colors: [SIMD3<Double>]) {
    let count = Double(colors.count)
    let mean = colors.reduce(SIMD3<Double>(), +) / count
    var rows = [SIMD3<Double>](repeating: SIMD3(), count: 3)
    for color in colors {
      let deviation = color - mean
      for i in 0..<3 { rows[i] += deviation[i] * deviation }
    }
    self.mean = mean
    covariance = (0..<9).map { rows[$0 / 3][$0 % 3] / count + ($0 % 4 == 0 ? 1e-9 : 0) }
  }
}

/// A matrix of 3 × 3, row by row.
private struct Matrix3 {
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  func times(_ other: Matrix3) -> Matrix3 {
    var product = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0..<3 {
        for k in 0..<3 {
          product[3 * row + column] += values[3 * row + k] * other.values[3 * k + column]
        }
      }
    }
    return Matrix3(product)
  }

  func times(_ x: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      values[0] * x.x + values[1] * x.y + values[2] * x.z,
      values[3] * x.x + values[4] * x.y + values[5] * x.z,
      values[6] * x.x + values[7] * x.y + values[8] * x.z)
  }

  /// The symmetric root of a covariance, or the inverse of that.
  func root(inverted: Bool = false) -> Matrix3 {
    let parts = SingularValues(of: values, rows: 3, columns: 3)
    var scaled = Matrix3(parts.left)
    for (index, value) in parts.values.enumerated() {
      let root = inverted ? 1 / value.squareRoot() : value.squareRoot()
      for row in 0..<3 { scaled.values[3 * row + index] *= root }
    }
    return scaled.times(Matrix3(parts.left).transposed)
  }

  private var transposed: Matrix3 {
    Matrix3((0..<9).map { values[$0 % 3 * 3 + $0 / 3] })
  }

  /// The lower triangle whose product with its transpose this is.
  var cholesky: Matrix3 {
    var l = [Double](repeating: 0, count: 9)
    for row in 0..<3 {
      for column in 0...row {
        let sum = (0..<column).reduce(0) { $0 + l[3 * row + $1] * l[3 * column + $1] }
        l[3 * row + column] =
          row == column
          ? (values[4 * row] - sum).squareRoot()
          : (values[3 * row + column] - sum) / l[4 * column]
      }
    }
    return Matrix3(l)
  }

  /// The inverse of a lower triangle.
  var inverse: Matrix3 {
    let l = values
    let (a, b, c) = (1 / l[0], 1 / l[4], 1 / l[8])
    return Matrix3([
      a, 0, 0,
      -l[3] * a * b, b, 0,
      (l[3] * l[7] * b - l[6]) * a * c, -l[7] * b * c, c,
    ])
  }
}
