import Emotion
import Faces
import Foundation
import Media
import Testing

@testable import Pipelines

@Suite struct `Readings of emotions` {
  private func reading(_ a: [Float], _ b: [Float]) -> EmotionReading {
    EmotionReading(emotions: [.happy, .sad], probabilities: [a, b])
  }

  @Test func `agree where both classifiers say the same`() {
    #expect(reading([0.9, 0.1], [0.6, 0.4]).agreed == .happy)
    #expect(reading([0.9, 0.1], [0.4, 0.6]).agreed == nil)
    #expect(reading([0.9, 0.1], [0.4, 0.6]).answers == [.happy, .sad])
  }

  @Test func `are summed up face by face`() throws {
    let box = FaceBox(left: 0, top: 0, right: 10, bottom: 10)
    func face(_ identity: Int, _ b: [Float]) -> FaceReading {
      FaceReading(identity: identity, box: box, reading: reading([0.8, 0.2], b))
    }
    let frames = [
      FrameReading(frame: 0, time: 0, faces: [face(0, [1, 0])]),
      FrameReading(frame: 1, time: 0.5, faces: [face(0, [0.2, 0.8]), face(3, [0, 1])]),
    ]
    let found = FaceSummary.all(of: frames)
    #expect(found.map(\.identity) == [0, 3])
    #expect(found.map(\.frames) == [2, 1])
    #expect(found.map(\.times) == [0...0.5, 0.5...0.5])
    #expect(found.map(\.agreement) == [0.5, 0])
    #expect(found[0].reading.answers == [.happy, .happy])
    #expect(abs(found[0].reading.probabilities[1][0] - 0.6) < 1e-6)
    let told = EmotionDetection(
      input: "a.mkv", kind: .video, classifiers: ["classifier-a", "classifier-b"], frameCount: 2,
      frames: frames, seconds: 1)
    #expect(
      told.text.split(separator: "\n").first
        == """
        face 0 at 5,5, 0.0–0.5 s: classifier-a happy 80 %, classifier-b happy 60 %; both agree, \
        in 50 % of 2 frames
        """)
  }
}

@Suite(.enabled(if: FaceMedia.isFetched, "Corpus/build has not fetched the detector's weights"))
struct EmotionDetectionTests {
  @Test func `both classifiers answer for the face of a still`() async throws {
    let shop = try FaceWorkshop()
    let input = "\(FaceMedia.folder)/astronaut.png"
    let found = try await detectEmotion(
      input, options: EmotionDetectionOptions(), models: shop.models)
    #expect(found.frameCount == 1 && found.frames.count == 1)
    let reading = try #require(found.frames.first?.faces.first?.reading)
    #expect(reading.emotions == FaceWorkshop.emotions)
    for shares in reading.probabilities { #expect(abs(shares.reduce(0, +) - 1) < 1e-4) }
    #expect(found.json.text.contains("\"agreed\""))
  }

  @Test func `a still without a face is told of`() async throws {
    let shop = try FaceWorkshop()
    try writeStill(FaceMedia.emptyPicture, to: shop.file("empty.png"))
    await #expect(throws: PipelineError.noFace(path: shop.file("empty.png"))) {
      try await detectEmotion(
        shop.file("empty.png"), options: EmotionDetectionOptions(), models: shop.models)
    }
  }
}
