import Imaging
import MediaTypes
import TestSupport
import Testing

@Suite struct BlendTests {
  /// A crop of 20 × 16 that lies turned and enlarged in a picture of 64 × 48.
  static let map = AffineMap.rotation(radians: 0.3).then(.scale(x: 1.6, y: 1.6)).then(
    .translation(x: 22, y: 8))

  @Test(arguments: Kind.all) func `nothing changes where the mask is 0`(kind: Kind) {
    let before = noise(64, 48, kind)
    var after = before
    let colors = WarpTests.noise(20, 16, 3)
    after.blend(colors, mask: Raster(width: 20, height: 16), by: Self.map)
    after.addLuma(colors.plane(0), mask: Raster(width: 20, height: 16), by: Self.map)
    #expect(after.planes == before.planes)
  }

  @Test(arguments: Kind.all) func `one colour put in is seen again`(kind: Kind) {
    let before = noise(64, 48, kind)
    var after = before
    var colors = Raster(width: 20, height: 16, channels: 3, repeating: 0.5)
    for place in 0..<colors.area {
      colors.values[place] = 0.7
      colors.values[2 * colors.area + place] = 0.3
    }
    after.blend(colors, mask: Raster(width: 20, height: 16, repeating: 1), by: Self.map)
    let seen = Raster(rgb: after)
    let middle = Self.map(Point(x: 9.5, y: 7.5))
    let (x, y) = (Int(middle.x), Int(middle.y))
    let gray: Float = 0.299 * 0.7 + 0.587 * 0.5 + 0.114 * 0.3
    let wanted = kind.format.model == .gray ? [gray, gray, gray] : [0.7, 0.5, 0.3]
    expectClose((0..<3).map { seen[x, y, $0] }, wanted, tolerance: 0.015)
    #expect(after.planes[0][0, 0] == before.planes[0][0, 0])
    if kind.format.hasAlpha { #expect(after.planes.last == before.planes.last) }
  }

  @Test(arguments: Kind.all) func `a brighter luma leaves chroma alone`(kind: Kind) {
    let before = picture(64, 48, kind) { plane, _, _ in
      kind.format.maximum / (plane == kind.format.colorPlaneCount ? 1 : 2)
    }
    var after = before
    let step = Raster(width: 20, height: 16, repeating: 0.2)
    after.addLuma(step, mask: Raster(width: 20, height: 16, repeating: 0.5), by: Self.map)
    if kind.format.model == .yuv {
      #expect(after.planes[1] == before.planes[1] && after.planes[2] == before.planes[2])
    }
    let (old, new) = (Raster(rgb: before), Raster(rgb: after))
    let middle = Self.map(Point(x: 9.5, y: 7.5))
    for channel in 0..<3 {
      let change =
        new[Int(middle.x), Int(middle.y), channel] - old[Int(middle.x), Int(middle.y), channel]
      #expect(abs(change - 0.1) < 0.006)
    }
  }

  @Test(arguments: Kind.all) func `a darker luma takes chroma along`(kind: Kind) {
    let before = picture(64, 48, kind) { plane, _, _ in
      kind.format.maximum * (plane == 2 ? 3 : 2) / 5
    }
    var after = before
    let step = Raster(width: 20, height: 16, repeating: -0.2)
    after.addLuma(step, mask: Raster(width: 20, height: 16, repeating: 0.5), by: Self.map)
    let (old, new) = (Raster(rgb: before), Raster(rgb: after))
    let middle = Self.map(Point(x: 9.5, y: 7.5))
    let (x, y) = (Int(middle.x), Int(middle.y))
    let (red, blue) = before.color.lumaWeights(height: before.height)
    let (r, b) = kind.format.model == .yuv ? (red, blue) : (0.299, 0.114)
    let luma = r * old[x, y, 0] + (1 - r - b) * old[x, y, 1] + b * old[x, y, 2]
    for channel in 0..<3 {
      #expect(abs(new[x, y, channel] - old[x, y, channel] * (1 - 0.1 / luma)) < 0.012)
    }
  }

  @Test(arguments: Orientation.allCases) func `blends into the upright picture`(o: Orientation) {
    let kind = Kind(format: .yuv444, color: .jpeg)
    var stored = noise(64, 48, kind, orientation: o)
    var upright = stored.turnedUpright()
    let colors = WarpTests.noise(20, 16, 3)
    let mask = Raster(width: 20, height: 16, repeating: 1).feathered(erosion: 3, blur: 1)
    stored.blend(colors, mask: mask, by: Self.map)
    upright.blend(colors, mask: mask, by: Self.map)
    for (a, b) in zip(stored.turnedUpright().planes, upright.planes) {
      for y in 0..<a.height {
        for x in 0..<a.width { #expect(abs(a[x, y] - b[x, y]) <= 1) }
      }
    }
  }
}
