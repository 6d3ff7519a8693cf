import Foundation
import Imaging
import Neural
import Tensors
import TestSupport
import Testing

@testable import Faces

@Suite struct LandmarkTests {
  @Test func `the network's parameters keep their names`() {
    let names = LandmarkNetwork().parameters.map(\.name)
    #expect(names.count == 58)
    #expect(names.first == "stem.weight" && names.last == "points.bias")
    #expect(names.contains("blocks.2.second.norm.running_var"))
    #expect(names.contains("widen.1.conv.bias"))
    #expect(names.contains("head.norm.weight"))
  }

  /// A network that finds the mean face in every crop, in a file.
  private func meanFinder() throws -> LandmarkFinder {
    let network = LandmarkNetwork()
    network.initialize(seed: 3)
    for (name, parameter) in network.parameters where name.hasPrefix("points.") {
      parameter.value = Tensor(repeating: 0, shape: parameter.shape)
    }
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try WeightFile.write(network, precision: .single, path: path)
    return try LandmarkFinder(weightsPath: path)
  }

  @Test(arguments: [1, 5]) func `points come back to where the crops were taken`(feeds: Int) throws
  {
    let finder = try meanFinder()
    let there = AffineMap.rotation(radians: 0.5).then(.scale(x: 70, y: 70))
      .then(.translation(x: 60, y: 40))
    let face = Landmarks(LandmarkNetwork.template.points).mapped(by: there)
    let picture = Raster(width: 150, height: 140, channels: 3, repeating: 0.4)
    let found = try #require(finder.landmarks(in: picture, points: face.five, feeds: feeds))
    // Crops that differ a little find the mean face at places that differ as much.
    #expect(found.normalizedError(from: face) < (feeds == 1 ? 1e-5 : 0.03))
    let one = Array(repeating: Point(x: 9, y: 9), count: 5)
    #expect(finder.landmarks(in: picture, points: one) == nil)
  }

  /// A picture whose points are dots of light.
  private func dotted(_ landmarks: Landmarks) -> Raster {
    var picture = Raster(width: 140, height: 150, channels: 3, repeating: 0.1)
    for point in landmarks.points {
      for channel in 0..<3 {
        for y in -1...1 {
          for x in -1...1 {
            picture[Int(point.x.rounded()) + x, Int(point.y.rounded()) + y, channel] = 1
          }
        }
      }
    }
    return picture
  }

  private var sample: LandmarkSample? {
    let face = Landmarks(
      FaceTemplate.landmarks(coverage: 0.6).points.map {
        Point(x: (130 * $0.x).rounded() + 5, y: (130 * $0.y).rounded() + 10)
      })
    return LandmarkSample(dotted(face), landmarks: face)
  }

  @Test func `what is cut out has light where its points are`() throws {
    let sample = try #require(sample)
    for seed in 0..<6 {
      var generator = SplitMix64(seed: UInt64(seed))
      let (values, points) = sample.crop(using: &generator, changes: false)
      let crop = Raster(width: 64, height: 64, channels: 3, values: values)
      let lights = (0..<68).map { index in
        crop[
          max(0, min(63, Int(64 * points[2 * index]))),
          max(0, min(63, Int(64 * points[2 * index + 1])))]
      }
      let mean = lights.reduce(0, +) / 68
      #expect(mean > 0.6, "seed \(seed)")
    }
    var (a, b) = (SplitMix64(seed: 5), SplitMix64(seed: 5))
    let (first, second) = (
      sample.crop(using: &a, changes: true), sample.crop(using: &b, changes: true)
    )
    #expect(first.values == second.values && first.points == second.points)
  }

  @Test func `changed samples have light where their points are, mirrored or not`() throws {
    // Light at half of the jaw, which lies where no mirror image has its other half.
    var face = Landmarks(
      FaceTemplate.landmarks(coverage: 0.6).points.map {
        Point(x: 130 * $0.x + 5, y: 130 * $0.y + 10)
      })
    for index in 0..<8 { face.points[index] = face.points[index] + Point(x: 14, y: 5) }
    var picture = Raster(width: 140, height: 150, channels: 3, repeating: 0.1)
    for point in face.points[..<8] {
      for y in -2...2 {
        for x in -2...2 {
          for channel in 0..<3 {
            picture[Int(point.x.rounded()) + x, Int(point.y.rounded()) + y, channel] = 1
          }
        }
      }
    }
    let sample = try #require(LandmarkSample(picture, landmarks: face))
    var sides = [0, 0]
    for seed in 0..<40 {
      var generator = SplitMix64(seed: UInt64(seed))
      let (values, points) = sample.crop(using: &generator, changes: true)
      let luma = Raster(width: 64, height: 64, channels: 3, values: values).luma
      func light(_ range: Range<Int>) -> Float {
        range.reduce(0) { sum, index in
          let place = (Int(64 * points[2 * index]), Int(64 * points[2 * index + 1]))
          return sum + luma[max(0, min(63, place.0)), max(0, min(63, place.1))] / 8
        }
      }
      let dark = luma.values.sorted()[64 * 32]
      for (side, range) in [0..<8, 9..<17].enumerated() where light(range) > dark + 0.2 {
        sides[side] += 1
      }
    }
    // Patches hide some; about half are mirrored.
    #expect(sides[0] + sides[1] >= 34 && sides.allSatisfy { $0 >= 10 }, "\(sides)")
  }

  @Test func `changed samples have other colours`() throws {
    let gray = Raster(width: 140, height: 150, channels: 3, repeating: 0.5)
    let points = Landmarks(
      FaceTemplate.landmarks(coverage: 0.6).points.map {
        Point(x: 130 * $0.x + 5, y: 130 * $0.y + 10)
      })
    let plain = try #require(LandmarkSample(gray, landmarks: points))
    let isColored = (0..<20).map { seed in
      var generator = SplitMix64(seed: UInt64(seed))
      let values = plain.crop(using: &generator, changes: true).values
      return abs(values[0] - values[64 * 64]) > 0.005
    }
    #expect(isColored.count { $0 } >= 15)
  }

  @Test func `training makes the error smaller, the same way each time`() throws {
    let samples = [try #require(sample)]
    func losses() throws -> [Float] {
      var settings = LandmarkTrainer.Settings()
      settings.batch = 4
      settings.steps = 400
      let trainer = LandmarkTrainer(samples: samples, held: samples, settings: settings)
      let before = try #require(try trainer.validation())
      let found = try (0..<12).map { try trainer.step($0).figures[0].value }
      let after = try #require(try trainer.validation())
      #expect(before.figures[0].value.isFinite && after.figures[0].value.isFinite)
      return found
    }
    let first = try losses()
    let (start, end) = (first.prefix(3).reduce(0, +), first.suffix(3).reduce(0, +))
    #expect(end < 0.8 * start)
    #expect(try losses() == first)
  }
}
