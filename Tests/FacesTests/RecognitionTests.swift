import Foundation
import Imaging
import Media
import MediaTypes
import TestSupport
import Testing

@testable import Faces

@Suite(
  .enabled(
    if: Samples.haveDetector && Samples.have([FaceRecognizer.fileName]),
    "Corpus/build has not fetched the weights that recognize faces"))
struct RecognitionTests {
  private let recognizer: FaceRecognizer

  init() throws {
    recognizer = try FaceRecognizer(weightsPath: "\(Samples.folder)/\(FaceRecognizer.fileName)")
  }

  @Test func `embeddings are dlib's`() throws {
    let fixture = try Fixture("recognition", in: .module)
    var drawn = Raster(width: 150, height: 150, channels: 3)
    let photograph = try Samples.astronaut()
    var face = drawn
    for y in 0..<150 {
      for x in 0..<150 {
        for channel in 0..<3 {
          let value = (7 * x + 13 * y + x * y % 97 + 50 * channel) % 256
          drawn[x, y, channel] = Float(value) / 255
          face[x, y, channel] = photograph[150 + x, 50 + y, channel]
        }
      }
    }
    expectClose(recognizer.values(of: drawn), fixture["drawn"].values, tolerance: 1e-4)
    expectClose(recognizer.values(of: face), fixture["face"].values, tolerance: 1e-4)
  }

  @Test func `a face is like itself turned, darkened and moved, and unlike a pattern`() throws {
    let detector = try MTCNN(weightsFolder: Samples.folder)
    func embedding(_ picture: Raster) throws -> FaceEmbedding {
      let face = try #require(detector.faces(in: picture).first)
      return try #require(recognizer.embedding(of: face, in: picture))
    }
    let picture = try Samples.astronaut()
    let first = try embedding(picture)
    let turned = picture.warped(
      by: AffineMap.rotation(radians: 0.2).then(.translation(x: 30, y: -10)), width: 512,
      height: 512)
    #expect(try first.similarity(to: embedding(turned)) > 0.95)
    #expect(try first.similarity(to: embedding(picture.mapped { 0.7 * $0 })) > 0.95)
    let pattern = Raster(
      width: 150, height: 150, channels: 3,
      values: hashUniform("no face", count: 3 * 150 * 150).map { Float($0) })
    #expect(first.similarity(to: recognizer.embedding(of: pattern)) < 0.9)
  }
}
