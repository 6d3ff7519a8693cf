/// A place in a picture: `x` to the right, `y` downwards, in samples.
///
/// The middle of the first sample is (0, 0), as OpenCV has it.
public struct Point: Hashable, Sendable {
  public var x, y: Double

  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  public static func + (a: Point, b: Point) -> Point { Point(x: a.x + b.x, y: a.y + b.y) }
  public static func - (a: Point, b: Point) -> Point { Point(x: a.x - b.x, y: a.y - b.y) }
  public static func * (scale: Double, a: Point) -> Point { Point(x: scale * a.x, y: scale * a.y) }

  /// The distance from (0, 0).
  public var length: Double { (x * x + y * y).squareRoot() }
}

extension [Point] {
  /// The point in the middle; there must be one.
  public var mean: Point {
    precondition(!isEmpty, "the mean of no points")
    return (1 / Double(count)) * reduce(Point(x: 0, y: 0), +)
  }
}
