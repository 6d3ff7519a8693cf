import Imaging
import TestSupport
import Testing

@Suite struct MaskTests {
  @Test func `erosion, dilation and blur are OpenCV's`() throws {
    let fixture = try Fixture("mask", in: .module)
    let mask = WarpTests.raster(fixture["source"])
    #expect(mask.eroded(radius: 2).values == fixture["eroded"].values)
    #expect(mask.dilated(radius: 3).values == fixture["dilated"].values)
    expectClose(
      mask.blurred(deviation: 1.5).values, fixture["blurred"].values, tolerance: 1e-5)
  }

  @Test func `hull and filling are OpenCV's`() throws {
    let fixture = try Fixture("hull", in: .module)
    let hull = GeometryTests.points(fixture["points"]).convexHull
    #expect(hull == GeometryTests.points(fixture["output"]))
    let mask = Raster(polygon: hull, width: 33, height: 31)
    // OpenCV draws on a grid 32 times as fine, and the rim of a polygon as part of it.
    for (found, wanted) in zip(mask.values, fixture["mask"].values) {
      #expect(abs(found - wanted) < 0.08)
    }
  }

  @Test func `a polygon beyond the edges is cut at them`() {
    let corners = [(-9.0, -9.0), (40, -9), (40, 3.5), (-9, 3.5)].map { Point(x: $0.0, y: $0.1) }
    let mask = Raster(polygon: corners, width: 6, height: 6)
    #expect(mask.values == (0..<36).map { $0 < 24 ? 1 : 0 })
    #expect(Raster(polygon: [], width: 2, height: 2).values == [0, 0, 0, 0])
  }

  @Test func `a feathered mask falls to nothing at the edges`() {
    let mask = Raster(width: 40, height: 30, repeating: 1).feathered(erosion: 8, blur: 2)
    for x in 0..<40 {
      #expect(mask[x, 0] < 1e-3 && mask[x, 29] < 1e-3)
    }
    #expect(mask[20, 15] > 0.99)
    for x in 1..<20 { #expect(mask[x, 15] >= mask[x - 1, 15]) }
  }
}
