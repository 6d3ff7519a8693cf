public import Imaging

/// A face that was found in a picture.
public struct Face: Hashable, Sendable {
  public var box: FaceBox
  /// How sure the detector is, 0…1.
  public var score: Float
  /// Left eye, right eye, nose, left and right corner of the mouth, as the viewer sees them.
  public var points: [Point]

  public init(box: FaceBox, score: Float, points: [Point]) {
    precondition(points.count == 5, "\(points.count) points, not five")
    self.box = box
    self.score = score
    self.points = points
  }

  /// The distance between the eyes, in samples.
  public var eyeDistance: Double { (points[1] - points[0]).length }
}

/// Where a face is, in samples of the upright picture; it may reach beyond the edges.
public struct FaceBox: Hashable, Sendable {
  public var left, top, right, bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  public var width: Double { right - left }
  public var height: Double { bottom - top }
  public var area: Double { max(0, width) * max(0, height) }
  public var center: Point { Point(x: (left + right) / 2, y: (top + bottom) / 2) }

  /// The common area over that of both together: 1 for the same box, 0 for boxes apart.
  public func overlap(with other: FaceBox) -> Double {
    let common =
      max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
    let union = area + other.area - common
    return union > 0 ? common / union : 0
  }
}
