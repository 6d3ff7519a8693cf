internal import Foundation
public import MediaTypes

/// A map of the plane that keeps lines straight: `x' = xx·x + xy·y + dx`, `y' = yx·x + yy·y + dy`.
public struct AffineMap: Hashable, Sendable {
  public var xx, xy, dx: Double
  public var yx, yy, dy: Double

  public init(xx: Double, xy: Double, dx: Double, yx: Double, yy: Double, dy: Double) {
    (self.xx, self.xy, self.dx) = (xx, xy, dx)
    (self.yx, self.yy, self.dy) = (yx, yy, dy)
  }

  public static let identity = AffineMap(xx: 1, xy: 0, dx: 0, yx: 0, yy: 1, dy: 0)

  public static func translation(x: Double, y: Double) -> AffineMap {
    AffineMap(xx: 1, xy: 0, dx: x, yx: 0, yy: 1, dy: y)
  }

  public static func scale(x: Double, y: Double) -> AffineMap {
    AffineMap(xx: x, xy: 0, dx: 0, yx: 0, yy: y, dy: 0)
  }

  /// A turn about (0, 0), seen clockwise since `y` points down.
  public static func rotation(radians: Double) -> AffineMap {
    let (c, s) = (cos(radians), sin(radians))
    return AffineMap(xx: c, xy: -s, dx: 0, yx: s, yy: c, dy: 0)
  }

  /// From a picture as it is seen to the samples as they are stored.
  public static func storage(of picture: Picture) -> AffineMap {
    let (width, height) = (picture.width, picture.height)
    func place(_ x: Int, _ y: Int) -> Point {
      let stored = picture.orientation.stored(x: x, y: y, width: width, height: height)
      return Point(x: Double(stored.x), y: Double(stored.y))
    }
    let origin = place(0, 0)
    let (right, down) = (place(1, 0) - origin, place(0, 1) - origin)
    return AffineMap(
      xx: right.x, xy: down.x, dx: origin.x, yx: right.y, yy: down.y, dy: origin.y)
  }

  public func callAsFunction(_ point: Point) -> Point {
    Point(x: xx * point.x + xy * point.y + dx, y: yx * point.x + yy * point.y + dy)
  }

  /// First this map, then another.
  public func then(_ next: AffineMap) -> AffineMap {
    AffineMap(
      xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy,
      dx: next.xx * dx + next.xy * dy + next.dx,
      yx: next.yx * xx + next.yy * yx, yy: next.yx * xy + next.yy * yy,
      dy: next.yx * dx + next.yy * dy + next.dy)
  }

  /// How much areas grow; negative for maps that mirror.
  public var determinant: Double { xx * yy - xy * yx }

  /// The map back; the determinant must not be 0.
  public var inverse: AffineMap {
    let d = determinant
    precondition(d != 0 && d.isFinite, "a map onto a line has no inverse")
    return AffineMap(
      xx: yy / d, xy: -xy / d, dx: (xy * dy - yy * dx) / d,
      yx: -yx / d, yy: xx / d, dy: (yx * dx - xx * dy) / d)
  }
}
