import Emotion
import Faces
import Foundation
import Imaging
@_spi(Marking) import MediaTypes
import Neural
import Testing

@testable import Pipelines

@Suite(.enabled(if: FaceMedia.isFetched, "Corpus/build has not fetched the detector's weights"))
struct EmotionGeneratorTests {
  private let shop: FaceWorkshop

  init() throws { shop = try FaceWorkshop() }

  private func generator(
    strength: Float = 1, kind: MediaKind = .video, mask: FaceMaskKind = .oval
  ) throws -> EmotionGenerator {
    EmotionGenerator(
      input: "film.mkv", changer: try shop.models.emotionChanger(weights: nil), wanted: 1,
      strength: strength,
      faces: FollowedFaces(in: kind, choice: .all, detector: try shop.models.faceDetector()),
      masks: try FaceMasks(mask, in: shop.models))
  }

  /// How much each sample's luma changed, in 8-bit steps.
  private func change(_ before: Picture, _ after: Picture) -> Raster {
    let (a, b) = (Raster(rgb: before).luma, Raster(rgb: after).luma)
    return Raster(
      width: a.width, height: a.height, channels: 1,
      values: zip(a.values, b.values).map { 255 * ($1 - $0) })
  }

  @Test func `the face of a still changes, and nothing around it`() throws {
    var generator = try generator(kind: .still)
    let source = FaceMedia.picture(try FaceMedia.photograph())
    let made = generator.frame(from: source).unmarked
    try generator.finish()
    #expect(generator.identities.count == 1 && generator.framesWithFaces == 1)
    let change = change(source, made)
    let face = try #require(
      try shop.models.faceDetector().faces(in: Raster(rgb: source)).first)
    let middle = face.points[2]
    var (inside, outside) = (Float(0), Float(0))
    for y in 0..<change.height {
      for x in 0..<change.width {
        let distance = (Point(x: Double(x), y: Double(y)) - middle).length
        if distance < face.eyeDistance {
          inside = max(inside, abs(change[x, y]))
        } else if distance > 2.5 * face.eyeDistance {
          outside = max(outside, abs(change[x, y]))
        }
      }
    }
    #expect(inside > 4)
    #expect(outside == 0)
  }

  @Test func `skin keeps its colour differences, or gets darker as in a shadow`() throws {
    var generator = try generator(kind: .still)
    let source = FaceMedia.picture(try FaceMedia.photograph())
    let (a, b) = (
      source.interleavedRGB, generator.frame(from: source).unmarked.interleavedRGB
    )
    for place in stride(from: 0, to: a.count, by: 3) {
      let (before, after) = (a[place..<place + 3].map(Int.init), b[place..<place + 3].map(Int.init))
      // Only where no channel came to an end of its range.
      guard after.allSatisfy({ (1..<255).contains($0) }) else { continue }
      func luma(_ color: [Int]) -> Double {
        0.299 * Double(color[0]) + 0.587 * Double(color[1]) + 0.114 * Double(color[2])
      }
      let share = min(1, luma(after) / max(1, luma(before)))
      for (one, other) in [(0, 1), (1, 2)] {
        let kept = share * Double(before[one] - before[other])
        #expect(abs(Double(after[one] - after[other]) - kept) < 2)
      }
    }
  }

  @Test func `a face of little contrast changes in proportion`() throws {
    func largestChange(contrast: Float) throws -> Float {
      let photograph = try FaceMedia.photograph().mapped { 0.5 + contrast * ($0 - 0.5) }
      var generator = try generator(kind: .still)
      let source = FaceMedia.picture(photograph)
      let change = change(source, generator.frame(from: source).unmarked)
      return change.values.map(abs).max() ?? 0
    }
    let (whole, third) = (try largestChange(contrast: 0.9), try largestChange(contrast: 0.3))
    #expect(0.2...0.45 ~= third / whole)
  }

  @Test func `the change fades towards the edges of the crop`() throws {
    var generator = try generator(kind: .still)
    let source = FaceMedia.picture(try FaceMedia.photograph())
    let change = change(source, generator.frame(from: source).unmarked)
    let largest = change.values.map(abs).max() ?? 0
    let colors = Raster(rgb: source)
    let face = try #require(try shop.models.faceDetector().faces(in: colors).first)
    let map = try #require(FaceCrop(of: face, in: colors, size: 100)).map
    for y in 0..<change.height {
      for x in 0..<change.width {
        let place = map(Point(x: Double(x), y: Double(y)))
        let distance = max(abs(place.x - 49.5), abs(place.y - 49.5))
        if distance > 44 { #expect(abs(change[x, y]) <= 0.15 * largest) }
        if distance > 50 { #expect(change[x, y] == 0) }
      }
    }
  }

  @Test func `strength 0 changes nothing, half of it half as much`() throws {
    let source = FaceMedia.picture(try FaceMedia.photograph())
    var none = try generator(strength: 0, kind: .still)
    #expect(none.frame(from: source).unmarked.planes == source.planes)
    #expect(none.hasChanged)
    var (half, whole) = (try generator(strength: 0.5, kind: .still), try generator(kind: .still))
    let sums = [half.frame(from: source), whole.frame(from: source)].map {
      change(source, $0.unmarked).values.reduce(0) { $0 + abs($1) }
    }
    #expect(abs(sums[0] / sums[1] - 0.5) < 0.05)
  }

  @Test func `a face is one through a film, and frames without it pass`() throws {
    var generator = try generator()
    let photograph = try FaceMedia.photograph()
    for frame in 0..<6 {
      let source = FaceMedia.picture(
        photograph.warped(
          by: .translation(x: 2 * Double(frame), y: 0), width: 400, height: 300),
        seconds: 0.04 * Double(frame))
      #expect(generator.frame(from: source).unmarked.planes != source.planes)
    }
    for frame in 6..<9 {
      var empty = FaceMedia.emptyPicture
      empty.timestamp = Timestamp(value: Int64(frame), base: Rational(1, 25))
      #expect(generator.frame(from: empty).unmarked.planes == empty.planes)
    }
    #expect(generator.framesWithFaces == 6)
    #expect(generator.identities.count == 1)
    try generator.finish()
  }

  @Test func `noise does not make the change flicker`() throws {
    var (generator, last) = (try generator(), Raster?.none)
    let photograph = try FaceMedia.photograph()
    var steps: [Float] = []
    var sizes: [Float] = []
    for frame in 0..<10 {
      var random = SplitMix64(seed: UInt64(frame + 1))
      let noisy = photograph.mapped { $0 + 0.02 * (2 * random.unit() - 1) }
      let source = FaceMedia.picture(noisy, seconds: 0.04 * Double(frame))
      let change = change(source, generator.frame(from: source).unmarked)
      sizes.append(change.values.reduce(0) { $0 + abs($1) })
      if let last {
        steps.append(zip(change.values, last.values).reduce(0) { $0 + abs($1.0 - $1.1) })
      }
      last = change
    }
    let (step, size) = (steps.suffix(6).reduce(0, +) / 6, sizes.suffix(6).reduce(0, +) / 6)
    #expect(step < 0.15 * size, "steps of \(step) in changes of \(size)")
  }

  @Test func `nothing comes of a film without a face`() throws {
    var generator = try generator()
    _ = generator.frame(from: FaceMedia.emptyPicture)
    #expect(!generator.hasChanged)
    #expect(throws: PipelineError.noFace(path: "film.mkv")) { try generator.finish() }
  }
}
