import Foundation
import Neural
import TestSupport
import Testing

@testable import Emotion

/// Faces of two emotions that anyone can tell apart: the mouth goes up or down.
private func drawnFaces(_ count: Int, side: Int) -> FaceSet {
  let faces = (0..<count).map { index in
    let noise = hashUniform("face \(index)", count: side * side)
    let bytes = (0..<side * side).map { place -> UInt8 in
      let (x, y) = (Double(place % side) / Double(side), Double(place / side) / Double(side))
      let curve = 0.75 + (index % 2 == 0 ? -1 : 1) * 1.2 * (x - 0.5) * (x - 0.5)
      return UInt8(150 + 20 * noise[place] - (abs(y - curve) < 0.06 ? 100 : 0))
    }
    return FaceSet.Face(width: side, height: side, bytes: bytes, label: index % 2)
  }
  return FaceSet(emotions: [.happy, .sad], channels: 1, faces: faces)
}

private let tiny = EmotionDesign(
  name: .face48, side: 16, channels: 1, generatorWidths: [8, 16], discriminatorWidths: [8, 16],
  classifierWidths: [8, 16], condition: 8)

@Suite struct `Training on emotions` {
  private func classifierTrainer(
    seed: UInt64 = 1
  ) -> ClassifierTrainer<ResidualClassifier> {
    var settings = ClassifierSettings(.residual)
    (settings.epochs, settings.batch, settings.averaging) = (12, 16, 0.9)
    settings.seed = seed
    return ClassifierTrainer(
      settings, design: tiny, faces: drawnFaces(64, side: 16),
      validation: drawnFaces(24, side: 16))
  }

  @Test func `teaches classifier A to tell two drawings apart`() throws {
    let trainer = classifierTrainer()
    for number in 0..<trainer.steps.all { _ = try trainer.step(number) }
    let score = try #require(try trainer.validation()).score
    #expect(score > 0.9, "\(score) right")
  }

  @Test func `goes the same way each time and on from a checkpoint`() throws {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (whole, resumed) = (Training(classifierTrainer()), Training(classifierTrainer()))
    for _ in 0..<2 { _ = try whole.step() }
    try whole.save(checkpoint: path)
    try resumed.resume(checkpoint: path)
    for _ in 0..<2 {
      let (a, b) = (try whole.step(), try resumed.step())
      #expect(a?.figures.map(\.value) == b?.figures.map(\.value))
    }
  }

  @Test func `teaches EmoDNN to change the drawing`() throws {
    let faces = drawnFaces(64, side: 16)
    let first = classifierTrainer()
    for number in 0..<first.steps.all { _ = try first.step(number) }
    var settings = EmotionSettings()
    (settings.epochs, settings.batch, settings.rate) = (20, 16, 2e-3)
    let trainer = EmotionTrainer(settings, classifier: first.classifier, faces: faces)
    var right: [Float] = []
    for number in 0..<trainer.steps {
      let record = try trainer.step(number)
      #expect(record.figures.allSatisfy { $0.value.isFinite }, "step \(number)")
      right.append(try #require(record.figures.first { $0.name == "right" }).value)
    }
    let last = right.suffix(10).reduce(0, +) / 10
    #expect(last > 0.9, "\(last) taken for what was asked")
  }
}

@Suite struct `Names of emotions` {
  @Test func `are found in the folders of FER-2013 and AffectNet`() {
    let names = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    #expect(
      names.map { Emotion(folder: $0) }
        == [.anger, .disgust, .fear, .happy, .neutral, .sad, .surprise])
    #expect((0..<8).map { Emotion(folder: "\($0)") } == Emotion.allCases)
    #expect(Emotion(folder: "8") == nil && Emotion(folder: "faces") == nil)
    #expect(Emotion(folder: "Contempt") == .contempt)
  }

  @Test func `come back from a weight file`() {
    let some: [Emotion] = [.happy, .contempt]
    #expect([Emotion](names: some.names) == some)
    #expect([Emotion](names: "") == nil && [Emotion](names: "happy,glad") == nil)
  }
}
