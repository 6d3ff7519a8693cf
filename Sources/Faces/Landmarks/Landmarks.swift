public import Imaging

/// 68 points of a face in the order of iBUG 300-W, in samples of the upright picture.
///
/// 0…16 along the jaw from left to right, 17…26 the brows, 27…35 the nose, 36…47 the eyes, 48…67 the
/// mouth; left and right as the viewer sees them.
///
/// Source: Sagonas et al. 2013, "300 faces in-the-wild challenge", figure 1.
public struct Landmarks: Hashable, Sendable {
  public var points: [Point]

  public init(_ points: [Point]) {
    precondition(points.count == 68, "\(points.count) points, not 68")
    self.points = points
  }

  public var leftEye: Point { Array(points[36..<42]).mean }
  public var rightEye: Point { Array(points[42..<48]).mean }

  /// The distance between the outer corners of the eyes, by which errors are measured.
  public var interOcularDistance: Double { (points[45] - points[36]).length }

  /// Left and right eye, nose, left and right corner of the mouth, as ``Face/points`` has them.
  public var five: [Point] { [leftEye, rightEye, points[30], points[48], points[54]] }

  /// The convex hull of the face, its brow moved up towards the hair.
  ///
  /// - Parameter brow: By how much, in the distance from the eyes to the brows.
  public func hull(brow: Double = 1) -> [Point] {
    let eyes = 0.5 * (leftEye + rightEye)
    let brows = Array(points[17..<27]).mean
    let up = brow * (brows - eyes)
    return (points + points[17..<27].map { $0 + up }).convexHull
  }

  /// The same face seen in a mirror, in a picture of this width.
  public func mirrored(width: Double) -> Landmarks {
    Landmarks(
      Landmarks.mirrorOrder.map { Point(x: width - 1 - points[$0].x, y: points[$0].y) })
  }

  /// All points under a map.
  public func mapped(by map: AffineMap) -> Landmarks { Landmarks(points.map { map($0) }) }

  /// The mean distance from points that are right, in inter-ocular distances of those.
  public func normalizedError(from right: Landmarks) -> Double {
    let distances = zip(points, right.points).map { ($0 - $1).length }
    return distances.reduce(0, +) / 68 / right.interOcularDistance
  }

  /// Which point each one is in a mirror.
  static let mirrorOrder: [Int] =
    Array((0...16).reversed()) + Array((17...26).reversed()) + Array(27...30)
    + Array((31...35).reversed()) + [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    + Array((48...54).reversed()) + Array((55...59).reversed()) + Array((60...64).reversed())
    + Array((65...67).reversed())
}
