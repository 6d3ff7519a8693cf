import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@testable import Emotion

/// Says how bright the left and the right half of a picture are, and how far its values are from
/// those of a file with 8 bits.
private struct Halves: ClassifierNetwork {
  init(_: EmotionDesign, emotions _: Int) {}

  func logits(_ pictures: Tensor, dropout _: UInt64?) -> Tensor {
    let middle = pictures.shape[3] / 2
    let halves = [0..<middle, middle..<2 * middle].map {
      10 * pictures.sliced($0, axis: 3).mean(axes: [1, 2, 3])
    }
    let rest = abs(255 * pictures - round(255 * pictures)).mean(axes: [1, 2, 3])
    return concatenated(halves + [50 * rest], axis: 1).reshaped([pictures.shape[0], 3])
  }
}

private let emotions: [Emotion] = [.happy, .sad, .fear]

@Suite struct `The evaluation of emotions` {
  private let judge = EmotionClassifier(
    Halves(.named(.face48), emotions: 3), kind: .residual, design: .named(.face48),
    emotions: emotions)

  /// A face whose left or right half is bright.
  private func face(label: Int, isLeftBright: Bool, level: UInt8 = 200) -> FaceSet.Face {
    let bytes = (0..<48 * 48).map { ($0 % 48 < 24) == isLeftBright ? level : 0 }
    return FaceSet.Face(width: 48, height: 48, bytes: bytes, label: label)
  }

  private func set(_ faces: [FaceSet.Face]) -> FaceSet {
    FaceSet(emotions: emotions, channels: 1, faces: faces)
  }

  @Test func `gives each picture its own probabilities, the mean over its views`() {
    let faces = set([
      face(label: 0, isLeftBright: true), face(label: 1, isLeftBright: false, level: 100),
    ])
    let pictures = faces.pictures([0, 1], side: 48)
    for (index, level) in [200.0, 100].enumerated() {
      let bright = exp(10 * level / 255)
      let (own, other, none) = (
        bright / (bright + 2), 1 / (bright + 2), 1 / (bright + 2)
      )
      let straight = index == 0 ? [own, other, none] : [other, own, none]
      expectClose(
        judge.probabilities(of: pictures, .one)[index], straight.map { Float($0) },
        tolerance: 1e-5)
      let mean = (own + other) / 2
      // Nearer, the edge between the halves is a blend.
      expectClose(
        judge.probabilities(of: pictures)[index], [Float(mean), Float(mean), Float(none)],
        tolerance: 0.03)
    }
  }

  @Test func `counts what was shown by what it was taken for`() {
    let faces = set([
      face(label: 0, isLeftBright: true), face(label: 0, isLeftBright: false),
      face(label: 0, isLeftBright: false), face(label: 2, isLeftBright: true),
    ])
    let matrix = judge.confusion(over: faces, .one)
    #expect(matrix.counts == [[1, 2, 0], [0, 0, 0], [1, 0, 0]])
    #expect(matrix.precision(0) == 0.5 && matrix.precision(1) == 0)
    #expect(abs(matrix.recall(0) - 1.0 / 3) < 1e-12)
  }

  /// A network that adds one number to every pixel.
  private func changer(adding shift: Float) throws -> EmotionChanger {
    let network = EmoDNN(.named(.face48), emotions: 3)
    network.begin(seed: 1)
    for (name, parameter) in network.parameters where name == "final.bias" {
      parameter.value = Tensor([shift], shape: [1])
    }
    let path = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).safetensors"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let metadata = EmotionMetadata(model: "emodnn", design: .face48, emotions: emotions)
    try WeightFile.write(network, metadata: metadata.entries, precision: .single, path: path)
    return try EmotionChanger(weightsPath: path)
  }

  @Test func `changes faces within 0 and 1`() throws {
    let pictures = set([face(label: 0, isLeftBright: true)]).pictures([0], side: 48)
    #expect(try changer(adding: 2)(pictures, wanted: [1]).array.allSatisfy { $0 == 1 })
    #expect(try changer(adding: -2)(pictures, wanted: [1]).array.allSatisfy { $0 == 0 })
    let shifted = try changer(adding: 0.125)(pictures, wanted: [1])
    expectClose(shifted.array, (pictures + 0.125).array, tolerance: 1e-6)
  }

  @Test func `changes those that show something else, and judges what a file would hold`() throws {
    let faces = set(
      (0..<3).map { _ in face(label: 0, isLeftBright: true) }
        + (0..<5).map { _ in face(label: 1, isLeftBright: true) })
    let matrices = try changer(adding: 0.3 / 255).confusion(
      over: faces, count: 4, judges: [judge, judge])
    #expect(matrices.count == 2)
    // Flipped or not, both halves are equally probable, of which the first counts.
    #expect(matrices[0].counts == [[4, 0, 0], [3, 0, 0], [4, 0, 0]])
    #expect(matrices[1] == matrices[0])
  }
}

@Suite struct `Batches of faces` {
  private func batches(
    _ faces: [FaceSet.Face], size: Int, order: FaceBatches.Order = .shuffled
  ) -> FaceBatches {
    FaceBatches(
      FaceSet(emotions: Emotion.allCases, channels: 1, faces: faces), side: 16, size: size,
      order: order, seed: 3)
  }

  @Test func `hold each face once in every epoch, in another order`() {
    let faces = (0..<8).map {
      FaceSet.Face(
        width: 8, height: 8, bytes: [UInt8](repeating: UInt8(20 * $0), count: 64), label: $0)
    }
    let batches = batches(faces, size: 4)
    #expect(batches.perEpoch == 2)
    let labels = (0..<6).map { batches(step: $0, .none).labels }
    let epochs = [0, 2, 4].map { labels[$0] + labels[$0 + 1] }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<8)) }
    #expect(Set(epochs).count == 3)
    let batch = batches(step: 3, .none)
    for (index, label) in batch.labels.enumerated() {
      #expect(abs(batch.pictures.array[256 * index] - Float(20 * label) / 255) < 1e-6)
    }
  }

  @Test func `hold rare emotions as often as others where they are balanced`() {
    let faces = (0..<100).map { index in
      FaceSet.Face(
        width: 8, height: 8, bytes: [UInt8](repeating: UInt8(index), count: 64),
        label: index < 97 ? 2 : 5)
    }
    let batches = batches(faces, size: 50, order: .balanced)
    let drawn = (0..<20).map { batches(step: $0, .none) }
    let labels = drawn.flatMap(\.labels)
    #expect(Set(labels) == [2, 5])
    #expect(420...580 ~= labels.count { $0 == 5 })
    #expect(drawn[0].labels != drawn[1].labels && batches(step: 1, .none).labels == drawn[1].labels)
    let frequent = Set(
      drawn.flatMap { batch in batch.labels.indices.map { batch.pictures.array[256 * $0] } })
    #expect(frequent.count > 90)
  }

  @Test func `change each of their faces in its own way`() {
    let values = hashUniform("face", count: 144)
    let one = FaceSet.Face(
      width: 12, height: 12, bytes: values.map { UInt8(127 + 100 * $0) }, label: 1)
    let pictures = batches([one, one, one, one], size: 4)(step: 0, .strong).pictures.array
    let parts = Set((0..<4).map { Array(pictures[256 * $0..<256 * ($0 + 1)]) })
    #expect(parts.count == 4)
  }
}
