import Foundation
import Imaging
import MediaTypes
import TestSupport
import Testing

@testable import Faces

@Suite struct AlignmentTests {
  static let templates: [FaceTemplate] = [
    .arcface112v1, .arcface112v2, .arcface128, .wholeFace, .ffhq512, .mtcnn512, .styleGANEX384,
  ]

  @Test(arguments: templates) func `a face that lies as the template says is cut out as it is`(
    template: FaceTemplate
  ) throws {
    let points = template.points.map { Point(x: 64 * $0.x - 0.5, y: 64 * $0.y - 0.5) }
    let map = try #require(template.alignment(of: points, size: 64))
    for point in points { #expect((map(point) - point).length < 1e-9) }
  }

  @Test func `turned and enlarged faces come to the same crop`() throws {
    let template = FaceTemplate.ffhq512
    let there = AffineMap.rotation(radians: 0.7).then(.scale(x: 3, y: 3))
      .then(.translation(x: 40, y: 20))
    let points = template.points.map { there(Point(x: 32 * $0.x, y: 32 * $0.y)) }
    let map = try #require(template.alignment(of: points, size: 48))
    for (point, target) in zip(points, template.points) {
      let found = map(point)
      #expect(abs(found.x - (48 * target.x - 0.5)) < 1e-9)
      #expect(abs(found.y - (48 * target.y - 0.5)) < 1e-9)
    }
    let one = Array(repeating: Point(x: 3, y: 3), count: 5)
    #expect(template.alignment(of: one, size: 48) == nil)
  }

  @Test func `68 points are mirrored into 68 points`() {
    let order = Landmarks.mirrorOrder
    #expect(order.sorted() == Array(0..<68))
    #expect(order.map { order[$0] } == Array(0..<68))
    // The mean face is the same in a mirror.
    let face = Landmarks(FaceTemplate.landmarks(coverage: 100).points)
    let mirrored = face.mirrored(width: 2)
    for (a, b) in zip(face.points, mirrored.points) { #expect((a - b).length < 0.03) }
    #expect(face.normalizedError(from: face) == 0)
    let moved = Landmarks(face.points.map { $0 + Point(x: face.interOcularDistance / 10, y: 0) })
    #expect(abs(moved.normalizedError(from: face) - 0.1) < 1e-9)
  }

  @Test func `a mean face has its parts where faces have them`() {
    let five = Landmarks(FaceTemplate.meanFace).five
    #expect(five[0].x < five[2].x && five[2].x < five[1].x)
    #expect(five[3].x < five[2].x && five[2].x < five[4].x)
    #expect(five[0].y < five[2].y && five[2].y < five[3].y)
    let hull = Landmarks(FaceTemplate.meanFace).hull()
    #expect(hull.map(\.y).min() ?? 0 < FaceTemplate.meanFace.map(\.y).min() ?? 0)
  }

  @Test func `masks of faces are soft and end inside`() throws {
    let picture = Raster(width: 80, height: 90, channels: 3, repeating: 0.5)
    let there = AffineMap.scale(x: 1.1, y: 1.1).then(.translation(x: 6, y: 9))
    let landmarks = Landmarks(
      FaceTemplate.landmarks(coverage: 0.6, shift: 0.1).points
        .map { Point(x: 64 * $0.x, y: 64 * $0.y) }
    ).mapped(by: there)
    let crop = FaceCrop(of: picture, map: there.inverse, size: 64)
    for mask in [crop.mask(of: landmarks), crop.ovalMask(width: 0.7, height: 0.9)] {
      #expect(mask[32, 36] > 0.99)
      for edge in 0..<64 {
        #expect(max(mask[edge, 0], mask[0, edge], mask[edge, 63], mask[63, edge]) < 0.02)
      }
      let steps = (1..<64).map { abs(mask[$0, 36] - mask[$0 - 1, 36]) }
      #expect((steps.max() ?? 1) < 0.35)
    }
  }

  @Test func `an oval mask is as wide and as high as it is asked to be`() {
    let picture = Raster(width: 64, height: 64, channels: 3)
    let crop = FaceCrop(of: picture, map: .identity, size: 64)
    let mask = crop.ovalMask(width: 0.5, height: 0.9, softness: 0.02)
    #expect(mask[32, 8] > 0.9 && mask[32, 56] > 0.9)
    #expect(mask[8, 32] < 0.1 && mask[56, 32] < 0.1)
    #expect(mask[20, 32] > 0.9 && mask[44, 32] > 0.9)
  }

  @Test func `what was made finer than the crop is put back where it belongs`() {
    func level(_ place: Point) -> Float { Float(0.5 + 0.3 * sin(place.x / 3) * cos(place.y / 4)) }
    let map = AffineMap.translation(x: -10, y: -8)
    let crop = FaceCrop(of: Raster(width: 80, height: 70, channels: 3), map: map, size: 50)
    var fine = Raster(width: 100, height: 100, channels: 3)
    for channel in 0..<3 {
      for y in 0..<100 {
        for x in 0..<100 {
          let inCrop = Point(x: (Double(x) + 0.5) / 2 - 0.5, y: (Double(y) + 0.5) / 2 - 0.5)
          fine[x, y, channel] = level(map.inverse(inCrop))
        }
      }
    }
    var picture = Picture(
      rgbWidth: 80, height: 70, bytes: [UInt8](repeating: 0, count: 3 * 80 * 70))
    crop.paste(fine, mask: Raster(width: 100, height: 100, repeating: 1), into: &picture)
    let found = Raster(rgb: picture)
    for y in 20..<45 {
      for x in 20..<45 {
        let wanted = level(Point(x: Double(x), y: Double(y)))
        #expect(abs(found[x, y, 1] - wanted) < 0.01, "at \(x), \(y)")
      }
    }
  }

  @Test func `what was cut out and is put back changes next to nothing`() throws {
    let values = hashUniform("scene", count: 3 * 12 * 9).map { Float(0.5 + 0.4 * $0) }
    let small = Raster(width: 12, height: 9, channels: 3, values: values)
    let scene = small.warped(
      by: .scale(x: 8, y: 8), width: 96, height: 72, .bicubic
    ).mapped { max(0, min(1, $0)) }
    let bytes = (0..<scene.area).flatMap { place in
      (0..<3).map { UInt8((255 * scene.values[$0 * scene.area + place]).rounded()) }
    }
    var picture = Picture(rgbWidth: 96, height: 72, bytes: bytes)
    let before = picture
    let map = AffineMap.rotation(radians: -0.4).then(.translation(x: 0, y: 20))
    let crop = FaceCrop(of: Raster(rgb: picture), map: map, size: 60)
    let mask = Raster(width: 60, height: 60, repeating: 1).feathered(erosion: 4, blur: 2)
    crop.paste(crop.colors, mask: mask, into: &picture)
    #expect(picture.planes != before.planes)
    #expect(peakSignalToNoiseRatio(picture, before) > 45)
    var again = before
    crop.pasteLuma(crop.colors.luma, mask: mask, into: &again)
    #expect(again.planes == before.planes)
    let brighter = crop.colors.luma.mapped { $0 + 0.1 }
    crop.pasteLuma(brighter, mask: mask, into: &again)
    let (old, new) = (Raster(rgb: before), Raster(rgb: again))
    let middle = map.inverse(Point(x: 30, y: 30))
    let (x, y) = (Int(middle.x), Int(middle.y))
    for channel in 0..<3 {
      #expect(abs(new[x, y, channel] - old[x, y, channel] - 0.1) < 0.004)
    }
  }
}
