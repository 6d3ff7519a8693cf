internal import Kernels

extension AffineMap {
  /// The turn, uniform scale and shift that bring points nearest to others, in the sum of squared
  /// distances; never a reflection.
  ///
  /// Source: Umeyama 1991, "Least-squares estimation of transformation parameters between two point
  /// patterns", IEEE TPAMI 13(4), equations 34 to 43.
  ///
  /// - Returns: `nil` if all points of `source` are one, or anything is not finite.
  public static func similarity(from source: [Point], to target: [Point]) -> AffineMap? {
    precondition(
      source.count == target.count && source.count > 1,
      "a similarity from \(source.count) to \(target.count) points")
    guard (source + target).allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
    let (from, to) = (source.mean, target.mean)
    var covariance = [0.0, 0, 0, 0]
    var variance = 0.0
    for (a, b) in zip(source, target) {
      let (a, b) = (a - from, b - to)
      covariance[0] += b.x * a.x
      covariance[1] += b.x * a.y
      covariance[2] += b.y * a.x
      covariance[3] += b.y * a.y
      variance += a.x * a.x + a.y * a.y
    }
    guard variance > 0 else { return nil }
    let parts = SingularValues(of: covariance, rows: 2, columns: 2)
    let (u, v) = (parts.left, parts.right)
    let isMirrored = (u[0] * u[3] - u[1] * u[2]) * (v[0] * v[3] - v[1] * v[2]) < 0
    let sign: Double = isMirrored ? -1 : 1
    let scale = (parts.values[0] + sign * parts.values[1]) / variance
    let (xx, xy) = (u[0] * v[0] + sign * u[1] * v[2], u[0] * v[1] + sign * u[1] * v[3])
    let (yx, yy) = (u[2] * v[0] + sign * u[3] * v[2], u[2] * v[1] + sign * u[3] * v[3])
    let turn = AffineMap(
      xx: scale * xx, xy: scale * xy, dx: 0, yx: scale * yx, yy: scale * yy, dy: 0)
    let shift = to - turn(from)
    return turn.then(.translation(x: shift.x, y: shift.y))
  }
}
