import Emotion
import Foundation
import Media
import MediaTypes
import Testing

@testable import Pipelines

/// Folders of drawn faces whose mouths go up or down.
private struct DrawnFaces {
  let path: String

  init(_ names: [String], count: Int) throws {
    path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    for (label, name) in names.enumerated() {
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(name)", withIntermediateDirectories: true)
      for index in 0..<count {
        let bytes = (0..<50 * 48).map { place -> UInt8 in
          let (x, y) = (Double(place % 50) / 50, Double(place / 50) / 48)
          let curve = 0.75 + (label == 0 ? -1 : 1) * 1.2 * (x - 0.5) * (x - 0.5)
          return UInt8(140 + index - (abs(y - curve) < 0.05 ? 100 : 0))
        }
        try writeStill(
          Picture(grayWidth: 50, height: 48, bytes: bytes), to: "\(path)/\(name)/\(index).png")
      }
    }
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `Folders of faces` {
  @Test func `are read by the names of emotions`() throws {
    let faces = try DrawnFaces(["happiness", "6", "cats"], count: 3)
    defer { faces.remove() }
    let folder = try FaceFolder(faces.path, channels: 3, limit: 25)
    #expect(folder.faces.emotions == [.happy, .anger])
    #expect(folder.faces.counts == [3, 3])
    #expect(folder.faces.faces.allSatisfy { $0.width == 25 && $0.height == 24 })
    #expect(folder.faces.faces.allSatisfy { $0.bytes.count == 3 * 25 * 24 })
    #expect(folder.failures.count == 1 && folder.failures[0].contains("cats"))
  }

  @Test func `must hold the emotions that are wanted`() throws {
    let faces = try DrawnFaces(["happy", "sad"], count: 1)
    defer { faces.remove() }
    #expect(throws: PipelineError.self) {
      try FaceFolder(faces.path, emotions: [.happy, .fear], channels: 1, limit: 48)
    }
    #expect(throws: PipelineError.self) {
      try FaceFolder("\(faces.path)/happy", channels: 1, limit: 48)
    }
  }
}

@Suite struct `Emotions, from folder to figures` {
  @Test func `both classifiers and EmoDNN are trained and measured`() throws {
    let faces = try DrawnFaces(["happy", "sad"], count: 8)
    let out = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer {
      faces.remove()
      try? FileManager.default.removeItem(atPath: out)
    }
    for model in ["classifier-a", "classifier-b"] {
      var options = ClassifierTrainingOptions(data: faces.path, run: .init(output: out))
      options.validation = faces.path
      (options.model, options.epochs, options.run.batch) = (model, 1, 8)
      try trainClassifier(options) { _ in }
    }
    var options = EmotionTrainingOptions(
      data: faces.path, classifier: "\(out)/classifier-a.safetensors",
      run: .init(output: "\(out)/emodnn"))
    (options.epochs, options.run.batch) = (1, 4)
    try trainEmotion(options) { _ in }

    var evaluation = EmotionEvaluationOptions(data: faces.path)
    evaluation.classifierA = "\(out)/classifier-a.safetensors"
    evaluation.classifierB = "\(out)/classifier-b.safetensors"
    evaluation.emodnn = "\(out)/emodnn/emodnn.safetensors"
    evaluation.count = 5
    evaluation.figures = "\(out)/figures"
    let found = try evaluateEmotion(evaluation) { _ in }
    #expect(found.judgements.map(\.real.total) == [16, 16])
    #expect(found.judgements.map(\.changed?.total) == [10, 10])
    #expect(found.table.contains("changed faces") && found.table.contains("sad"))
    #expect(found.json.text.contains("\"takenFor\""))
    let figures = try FileManager.default.contentsOfDirectory(atPath: "\(out)/figures").sorted()
    #expect(
      figures == [
        "classifier-a-changed.png", "classifier-a-real.png", "classifier-b-changed.png",
        "classifier-b-real.png", "grid.png",
      ])
    let grid = try readStill(path: "\(out)/figures/grid.png")
    #expect(grid.width == 110 + 3 * 100 && grid.height == 24 + 2 * 100)
    evaluation.emodnn = "\(out)/classifier-a.safetensors"
    #expect(throws: (any Error).self) { try evaluateEmotion(evaluation) { _ in } }
  }

  @Test func `unknown names are wrong use`() {
    var options = ClassifierTrainingOptions(data: "/", run: .init(output: "/"))
    options.model = "classifier-c"
    #expect(throws: PipelineError.self) { try trainClassifier(options) { _ in } }
    options.model = "classifier-a"
    options.design = "face-1"
    #expect(throws: PipelineError.self) { try trainClassifier(options) { _ in } }
  }
}

@Suite struct `The letters of figures` {
  @Test func `stand where they are put`() {
    var canvas = Canvas(width: 20, height: 9)
    PixelFont(scale: 1).draw("I.", right: 13, middle: 4, color: (0, 0, 0), on: &canvas)
    let dark = canvas.picture.interleavedRGB.enumerated().filter { $0.element == 0 }
    let columns = Set(dark.map { $0.offset / 3 % 20 })
    #expect(columns == [3, 4, 5, 9, 10])
    #expect(PixelFont(scale: 2).width(of: "ab") == 22)
  }
}
