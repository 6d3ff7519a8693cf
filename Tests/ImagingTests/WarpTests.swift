import Imaging
import MediaTypes
import TestSupport
import Testing

@Suite struct WarpTests {
  static func raster(_ entry: Fixture.Entry) -> Raster {
    let shape = entry.shape.count == 2 ? [1] + entry.shape : entry.shape
    return Raster(width: shape[2], height: shape[1], channels: shape[0], values: entry.values)
  }

  static func noise(_ width: Int, _ height: Int, _ channels: Int = 1) -> Raster {
    let values = hashUniform("raster", count: width * height * channels)
    return Raster(
      width: width, height: height, channels: channels,
      values: values.map { Float(0.5 + 0.5 * $0) })
  }

  @Test(arguments: [
    ("bilinear-constant", WarpInterpolation.bilinear, WarpBorder.constant(0)),
    ("bilinear-replicate", .bilinear, .replicate), ("bilinear-reflect", .bilinear, .reflect),
    ("bicubic-replicate", .bicubic, .replicate),
  ]) func `values are those of the oracle`(
    name: String, interpolation: WarpInterpolation, border: WarpBorder
  ) throws {
    let fixture = try Fixture("warp-" + name, in: .module)
    let found = Self.raster(fixture["source"]).warped(
      by: GeometryTests.map(fixture["map"]), width: 13, height: 11, interpolation, border: border)
    expectClose(found.values, fixture["output"].values, tolerance: 1e-5)
  }

  @Test func `a constant border adds its value`() {
    let source = Self.noise(5, 4, 2)
    let map = AffineMap(xx: 0.9, xy: 0.2, dx: 3, yx: -0.3, yy: 1.1, dy: 2)
    let white = source.warped(by: map, width: 9, height: 9, border: .constant(1))
    let black = source.mapped { $0 - 1 }.warped(by: map, width: 9, height: 9, border: .constant(0))
    expectClose(white.values, black.values.map { $0 + 1 }, tolerance: 1e-6)
  }

  @Test func `reducing by half takes means of four`() {
    let source = Self.noise(8, 6)
    let half = AffineMap(xx: 0.5, xy: 0, dx: -0.25, yx: 0, yy: 0.5, dy: -0.25)
    let found = source.warped(by: half, width: 4, height: 3, .area)
    let means = (0..<12).map { index -> Float in
      let (x, y) = (2 * (index % 4), 2 * (index / 4))
      return (source[x, y] + source[x + 1, y] + source[x, y + 1] + source[x + 1, y + 1]) / 4
    }
    expectClose(found.values, means, tolerance: 1e-6)
  }

  @Test func `a mirrored raster is warped by a mirrored map`() {
    let source = Self.noise(7, 5)
    let map = AffineMap(xx: 1.2, xy: 0.3, dx: 1, yx: -0.2, yy: 0.8, dy: 0.5)
    let flip = AffineMap(xx: -1, xy: 0, dx: 6, yx: 0, yy: 1, dy: 0)
    for interpolation in [WarpInterpolation.bilinear, .bicubic, .area] {
      let plain = source.warped(by: map, width: 9, height: 8, interpolation)
      let mirrored = source.mirrored.warped(
        by: flip.then(map), width: 9, height: 8, interpolation)
      expectClose(mirrored.values, plain.values, tolerance: 1e-5)
    }
  }
}
