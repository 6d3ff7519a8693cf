import Foundation
import MediaTypes
import Testing

@testable import Imaging

@Suite struct PlacementTests {
  /// A residual without fine detail, which enlarging and reducing keep.
  static func waves(_ width: Int, _ height: Int, amplitude: Double) -> YUVResidual {
    let values = (0..<3 * width * height).map { index -> Float in
      let (plane, place) = (index / (width * height), index % (width * height))
      let x = Double(place % width) / Double(width)
      let y = Double(place / width) / Double(height)
      let phase = 2 * .pi * (0.4 * Double(plane + 1) * x + 0.7 * y) + Double(plane)
      return Float(amplitude * sin(phase))
    }
    return YUVResidual(width: width, height: height, values: values)
  }

  /// A picture of one colour with room on both sides.
  static func plain(_ width: Int, _ height: Int, _ kind: Kind) -> Picture {
    let middle = kind.format.maximum / 2
    return picture(width, height, kind) { plane, _, _ in
      plane == kind.format.colorPlaneCount ? kind.format.maximum : middle
    }
  }

  @Test(arguments: Kind.all) func `nothing added changes nothing`(kind: Kind) {
    let placement = ResidualPlacement(width: 8, height: 8)
    let none = YUVResidual(width: 8, height: 8, values: [Float](repeating: 0, count: 192))
    let before = noise(31, 17, kind)
    var after = before
    placement.add(none, to: &after)
    #expect(after.planes == before.planes)
    placement.add(Self.waves(8, 8, amplitude: 0.3), to: &after, strength: 0)
    #expect(after.planes == before.planes)
  }

  @Test(arguments: Kind.all) func `what is added is seen again`(kind: Kind) {
    let placement = ResidualPlacement(width: 16, height: 16)
    let residual = Self.waves(16, 16, amplitude: 0.08)
    let before = Self.plain(160, 112, kind)
    var after = before
    placement.add(residual, to: &after, strength: 0.5)
    let (old, new) = (placement.reduced(before), placement.reduced(after))
    let seen = zip(new.values, old.values).map { $0 - $1 }
    let planes = kind.format.model == .gray ? 1 : 3
    let expected = residual.values.enumerated().map { $0 < planes * 256 ? $1 / 2 : 0 }
    // Curves are flattened a little by taking means; rounding is averaged away.
    #expect(largestDifference(seen, expected) < 0.004)
  }

  @Test(arguments: Orientation.allCases) func `adds to the upright picture`(o: Orientation) {
    let kind = Kind(format: .yuv420, color: .jpeg)
    let placement = ResidualPlacement(width: 12, height: 10)
    let residual = Self.waves(12, 10, amplitude: 0.2)
    var stored = noise(48, 32, kind, orientation: o)
    var upright = stored.turnedUpright()
    placement.add(residual, to: &stored)
    placement.add(residual, to: &upright)
    let turned = stored.turnedUpright()
    for (a, b) in zip(turned.planes, upright.planes) {
      for y in 0..<a.height {
        for x in 0..<a.width { #expect(abs(a[x, y] - b[x, y]) <= 1) }
      }
    }
  }

  @Test func `rounds to nearest and stops at black and white`() {
    let kind = Kind(format: .gray8, color: ColorDescription(range: .full, matrix: .unspecified))
    let levels = [0, 1, 100, 254, 255, 7]
    let before = picture(6, 1, kind) { _, x, _ in levels[x] }
    let placement = ResidualPlacement(width: 6, height: 1)
    func after(_ difference: Float) -> [Int] {
      var marked = before
      let plane = [Float](repeating: difference / 255, count: 6)
      placement.add(
        YUVResidual(width: 6, height: 1, values: plane + [Float](repeating: 9, count: 12)),
        to: &marked)
      return (0..<6).map { marked.planes[0][$0, 0] }
    }
    #expect(after(1.4) == [1, 2, 101, 255, 255, 8])
    #expect(after(1.6) == [2, 3, 102, 255, 255, 9])
    #expect(after(-1.6) == [0, 0, 98, 252, 253, 5])
    #expect(after(-1000) == [0, 0, 0, 0, 0, 0])
    #expect(after(1000) == [255, 255, 255, 255, 255, 255])
  }

  @Test func `leaves alpha and what is transparent`() {
    let kind = Kind(format: .rgba8, color: .rgb)
    let before = picture(4, 1, kind) { plane, x, _ in plane == 3 ? [0, 255, 1, 0][x] : 90 }
    var after = before
    ResidualPlacement(width: 2, height: 2)
      .add(
        YUVResidual(
          width: 2, height: 2,
          values: [Float](repeating: 0.1, count: 4) + [Float](repeating: 0, count: 8)), to: &after)
    #expect(after.planes[3] == before.planes[3])
    for plane in 0..<3 {
      #expect((0..<4).map { after.planes[plane][$0, 0] } == [90, 116, 116, 90])
    }
  }

  @Test func `goes beyond the limited range but not beyond the samples`() {
    let kind = Kind(format: .yuv444, color: ColorDescription(range: .limited, matrix: .bt601))
    var marked = picture(2, 1, kind) { plane, x, _ in plane == 0 ? [235, 16][x] : 128 }
    let up = YUVResidual(
      width: 1, height: 1, values: [0.05, 0, 0])
    ResidualPlacement(width: 1, height: 1).add(up, to: &marked)
    #expect((0..<2).map { marked.planes[0][$0, 0] } == [246, 27])
  }

  @Test func `a frame smaller than the working size gets means`() {
    let kind = Kind(format: .gray8, color: ColorDescription(range: .full, matrix: .unspecified))
    var marked = picture(2, 1, kind) { _, _, _ in 100 }
    let values: [Float] = [10, 30, -10, -50].map { $0 / 255 } + [Float](repeating: 0, count: 8)
    ResidualPlacement(width: 4, height: 1)
      .add(YUVResidual(width: 4, height: 1, values: values), to: &marked)
    #expect((0..<2).map { marked.planes[0][$0, 0] } == [120, 70])
  }

  @Test(arguments: [
    (64, 64, 2), (160, 176, 1.5205505), (300, 216, 1.1006424), (288, 900, 1), (2304, 3000, 0.5),
    (3000, 2304, 0.5),
  ])
  func `a frame's size says how strong its mark is`(width: Int, height: Int, strength: Double) {
    let kind = Kind(format: .gray8, color: ColorDescription(range: .full, matrix: .unspecified))
    let before = picture(width, height, kind) { _, _, _ in 100 }
    #expect(abs(Double(ResidualPlacement.strength(of: before)) - strength) < 1e-6)
    var after = before
    ResidualPlacement(width: 1, height: 1)
      .mark(&after, with: YUVResidual(width: 1, height: 1, values: [0.2, 0, 0]), strength: 0.5)
    let expected = 100 + Int((0.5 * 0.2 * 255 * strength).rounded())
    #expect(after.planes[0][width / 2, height / 2] == expected)
  }
}
