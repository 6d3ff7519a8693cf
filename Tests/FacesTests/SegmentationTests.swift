import Foundation
import Imaging
import Neural
import Tensors
import TestSupport
import Testing

@testable import Faces

@Suite struct SegmentationTests {
  @Test func `the network's parameters keep their names`() {
    let names = SegmentationNetwork().parameters.map(\.name)
    #expect(names.count == 128)
    #expect(names.first == "stem.weight" && names.last == "head.conv.bias")
    #expect(names.contains("down.3.second.norm.running_var"))
    #expect(names.contains("narrow.2.conv.bias"))
  }

  /// A face of plain colours and its regions: skin around two eyes and a mouth.
  private func portrait() -> (picture: Raster, points: [Point], regions: [FaceRegion?]) {
    let (width, height) = (80, 90)
    let points = [(30, 35), (50, 35), (40, 48), (32, 60), (48, 60)].map { Point(x: $0.0, y: $0.1) }
    let regions = (0..<width * height).map { place -> FaceRegion? in
      let (x, y) = (Double(place % width), Double(place / width))
      func near(_ point: Point, _ width: Double, _ height: Double) -> Bool {
        abs(x - point.x) < width && abs(y - point.y) < height
      }
      if near(points[0], 5, 3) || near(points[1], 5, 3) { return .eyes }
      if near(Point(x: 40, y: 60), 9, 3) { return .mouth }
      if near(Point(x: 40, y: 48), 22, 28) { return .skin }
      return y < 40 ? .hair : .background
    }
    let colors: [FaceRegion: [Float]] = [
      .eyes: [0.1, 0.1, 0.3], .mouth: [0.8, 0.2, 0.2], .skin: [0.8, 0.6, 0.5],
      .hair: [0.2, 0.1, 0], .background: [0.4, 0.6, 0.9],
    ]
    let values = (0..<3).flatMap { channel in
      regions.map { $0.flatMap { colors[$0]?[channel] } ?? 0 }
    }
    return (Raster(width: width, height: height, channels: 3, values: values), points, regions)
  }

  @Test func `crops keep the regions where the picture has them`() throws {
    let (picture, points, regions) = portrait()
    let sample = try #require(SegmentationSample(picture, points: points, regions: regions))
    for seed in 0..<4 {
      var generator = SplitMix64(seed: UInt64(seed))
      let (values, labels) = sample.crop(using: &generator, changes: false)
      let area = SegmentationNetwork.side * SegmentationNetwork.side
      // Where the mouth is, red is far above blue; where an eye is, below.
      let mouth = labels.indices.filter { labels[$0] == FaceRegion.mouth.rawValue }
      let eyes = labels.indices.filter { labels[$0] == FaceRegion.eyes.rawValue }
      func redness(_ places: [Int]) -> Float {
        places.map { values[$0] - values[2 * area + $0] }.reduce(0, +) / Float(places.count)
      }
      #expect(mouth.count > 50 && redness(mouth) > 0.4)
      #expect(eyes.count > 50 && redness(eyes) < -0.1)
    }
  }

  @Test func `68 points tell of skin, eyes and mouth, and of nothing outside`() throws {
    let face = Landmarks(
      FaceTemplate.landmarks(coverage: 0.6).points.map {
        Point(x: 130 * $0.x + 5, y: 130 * $0.y + 10)
      })
    let picture = Raster(width: 140, height: 150, channels: 3, repeating: 0.5)
    let sample = try #require(SegmentationSample(picture, landmarks: face))
    var generator = SplitMix64(seed: 1)
    let labels = sample.crop(using: &generator, changes: false).labels
    let side = SegmentationNetwork.side
    let found = Set(labels.compactMap(\.self))
    let known: Set<Int> = [
      FaceRegion.skin.rawValue, FaceRegion.mouth.rawValue, FaceRegion.eyes.rawValue,
    ]
    #expect(found == known)
    #expect(labels[0] == nil && labels[side - 1] == nil && labels[side * side - 1] == nil)
    let skin = labels.count { $0 == FaceRegion.skin.rawValue }
    #expect(skin > side * side / 20)
  }

  @Test func `training finds the regions, which come back to where the face is`() throws {
    let (picture, points, regions) = portrait()
    let sample = try #require(SegmentationSample(picture, points: points, regions: regions))
    var settings = SegmentationTrainer.Settings()
    settings.batch = 4
    settings.steps = 100
    let trainer = SegmentationTrainer(
      complete: [sample], partial: [], held: [sample], settings: settings)
    let losses = try (0..<100).map { try trainer.step($0).figures[0].value }
    let first: Float = losses.prefix(5).reduce(0, +)
    let last: Float = losses.suffix(5).reduce(0, +)
    #expect(last < 0.45 * first)
    let validation = try #require(try trainer.validation())
    #expect(validation.score > 0.5)

    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try trainer.writeWeights(into: folder)
    let segmenter = try FaceSegmenter(
      weightsPath: "\(folder)/\(SegmentationTrainer.weightsName).safetensors")
    let map = AffineMap.translation(x: -10, y: -10)
    let crop = FaceCrop(of: picture, map: map, size: 70)
    let mask = try #require(
      segmenter.mask(of: FaceRegion.face, in: crop, picture: picture, points: points))
    var (inside, outside): ([Float], [Float]) = ([], [])
    for y in 10..<60 {
      for x in 5..<65 {
        let region = regions[(y + 10) * picture.width + x + 10]
        let isFace = region.map { FaceRegion.face.contains($0) } ?? false
        if isFace { inside.append(mask[x, y]) } else { outside.append(mask[x, y]) }
      }
    }
    let insideMean: Float = inside.reduce(0, +) / Float(inside.count)
    let outsideMean: Float = outside.reduce(0, +) / Float(outside.count)
    #expect(insideMean > 0.7)
    #expect(outsideMean < 0.3)
    let one = Array(repeating: Point(x: 9, y: 9), count: 5)
    #expect(segmenter.mask(of: FaceRegion.face, in: crop, picture: picture, points: one) == nil)
  }
}
