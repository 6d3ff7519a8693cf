import Foundation
import Imaging
import MediaTypes
import TestSupport
import Testing

@Suite struct GeometryTests {
  static func points(_ entry: Fixture.Entry) -> [Point] {
    stride(from: 0, to: entry.values.count, by: 2).map {
      Point(x: Double(entry.values[$0]), y: Double(entry.values[$0 + 1]))
    }
  }

  static func numbers(_ map: AffineMap) -> [Float] {
    [map.xx, map.xy, map.dx, map.yx, map.yy, map.dy].map { Float($0) }
  }

  static func map(_ entry: Fixture.Entry) -> AffineMap {
    let m = entry.values.map { Double($0) }
    return AffineMap(xx: m[0], xy: m[1], dx: m[2], yx: m[3], yy: m[4], dy: m[5])
  }

  @Test(arguments: ["similarity", "similarity-mirrored"])
  func `the best similarity is that of a complex regression`(name: String) throws {
    let fixture = try Fixture(name, in: .module)
    let found = try #require(
      AffineMap.similarity(
        from: Self.points(fixture["source"]), to: Self.points(fixture["target"])))
    expectClose(Self.numbers(found), fixture["output"].values, tolerance: 1e-5)
    #expect(found.determinant > 0)
  }

  @Test func `a similarity of one point told twice does not exist`() {
    let point = Point(x: 3, y: 4)
    #expect(AffineMap.similarity(from: [point, point], to: [point, Point(x: 0, y: 0)]) == nil)
    let far = Point(x: .nan, y: 0)
    #expect(AffineMap.similarity(from: [point, far], to: [point, point]) == nil)
  }

  @Test func `maps are undone by their inverse`() {
    let map = AffineMap(xx: 1.3, xy: -0.4, dx: 2.1, yx: 0.5, yy: 0.9, dy: -1.7)
    let there = map.then(map.inverse)(Point(x: 5, y: -3))
    #expect(abs(there.x - 5) < 1e-12 && abs(there.y + 3) < 1e-12)
    let turned = AffineMap.rotation(radians: .pi / 2)(Point(x: 1, y: 0))
    #expect(abs(turned.x) < 1e-12 && abs(turned.y - 1) < 1e-12)
  }

  @Test(arguments: Orientation.allCases) func `samples are found where they are stored`(
    orientation: Orientation
  ) {
    let stored = noise(5, 3, Kind(format: .gray8, color: .jpeg), orientation: orientation)
    let upright = stored.turnedUpright()
    let map = AffineMap.storage(of: stored)
    for y in 0..<upright.height {
      for x in 0..<upright.width {
        let place = map(Point(x: Double(x), y: Double(y)))
        #expect(stored.planes[0][Int(place.x), Int(place.y)] == upright.planes[0][x, y])
      }
    }
  }
}
