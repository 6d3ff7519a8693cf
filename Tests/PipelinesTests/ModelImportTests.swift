import Emotion
import Faces
import Foundation
import Neural
import QRSteganography
import Tensors
import Testing
import WeightFiles

@testable import Pipelines

struct ModelImportTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private let network: StegoNetwork = {
    let network = StegoNetwork(.denseFast)
    network.initialize(seed: 5)
    return network
  }()

  /// The names of the public implementation: written out here, so that the table is checked.
  private static func foreign(_ name: String) -> String {
    var parts = name.split(separator: ".").map(String.init)
    switch parts[1] {
    case "first": parts[1] = "firstconv"
    case "down": parts[1] = "denseBlocksDown"
    case "shrink": parts[1] = "transDownBlocks"
    case "bottom": parts[1] = "bottleneck.bottleneck"
    case "grow": parts.replaceSubrange(1...3, with: ["transUpBlocks", parts[2], "convTrans"])
    case "up": parts[1] = "denseBlocksUp"
    default: parts[1] = "finalConv"
    }
    return parts.joined(separator: ".")
  }

  @Test(arguments: StegoModelName.allCases)
  func `the table of names holds in both directions`(model: StegoModelName) {
    let names = StegoNetwork(model).parameters.map(\.name)
    #expect(names.count > 100)
    for name in names {
      #expect(StegoNetwork.foreignNames.inverse.renamed(name) == Self.foreign(name))
      #expect(StegoNetwork.foreignNames.renamed(Self.foreign(name)) == name)
    }
  }

  @Test func `weights under foreign names become the model's`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let tensors = network.parameters.map {
      (name: "module." + Self.foreign($0.name), tensor: $0.parameter.value)
    }
    let counter = (name: "module.encoder.x.num_batches_tracked", tensor: tensors[0].tensor)
    try WeightFile.write(tensors + [counter], precision: .single, path: file("foreign"))
    try importWeights(
      file("foreign"), to: file("own.safetensors"), options: ImportOptions(model: "dense-fast"))
    try exportModel(file("own.safetensors"), to: file("again.safetensors"))
    for name in ["own.safetensors", "again.safetensors"] {
      let read = StegoNetwork(.denseFast)
      let weights = try WeightFile(path: file(name))
      try weights.load(into: read)
      #expect(weights.metadata == ["model": "dense-fast"])
      for (before, after) in zip(network.parameters, read.parameters) {
        #expect(before.parameter.value.array == after.parameter.value.array, "\(before.name)")
      }
    }
  }

  @Test(arguments: FaceModel.allCases)
  func `models of faces are taken in from their authors' files`(kind: FaceModel) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (model, read) = (kind.portable, kind.portable)
    model.module.initialize(seed: 3)
    let names = model.foreignNames.inverse
    let tensors = model.module.parameters.map {
      (name: names.renamed($0.name) ?? "", tensor: $0.parameter.value)
    }
    try WeightFile.write(tensors, precision: .single, path: file("foreign"))
    try importWeights(
      file("foreign"), to: file("own"), options: ImportOptions(model: kind.rawValue))
    let weights = try WeightFile(path: file("own"))
    #expect(weights.metadata == ["model": kind.rawValue])
    try weights.load(into: read.module)
    for (before, after) in zip(model.module.parameters, read.module.parameters) {
      #expect(before.parameter.value.array == after.parameter.value.array, "\(before.name)")
    }
  }

  @Test func `our own file says what its emotions are`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let metadata = ["design": "face-48", "emotions": "happy,sad"]
    let named = ["model": "classifier-b"].merging(metadata) { $1 }
    let model = try EmotionModel.classifierB.portable(named, path: "a test")
    model.module.initialize(seed: 3)
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .half, path: file("given"))
    let options = ImportOptions(model: "classifier-b")
    try importWeights(file("given"), to: file("own"), options: options)
    #expect(try WeightFile(path: file("own")).metadata == model.metadata)
    #expect(throws: WeightError.self) {
      try importWeights(
        file("given"), to: file("other"), options: ImportOptions(model: "classifier-a"))
    }
  }

  @Test func `all that does not fit is told at once, and nothing is written`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let tensors = network.parameters.dropFirst(5).map {
      (name: Self.foreign($0.name), tensor: $0.parameter.value)
    }
    try WeightFile.write(tensors, precision: .single, path: file("foreign"))
    let error = #expect(throws: PipelineError.self) {
      try importWeights(
        file("foreign"), to: file("own"), options: ImportOptions(model: "dense-fast"))
    }
    let missing = network.parameters.prefix(5).map { "  \($0.name) is missing" }
    let expected = ["the weights \(file("foreign")) do not fit dense-fast:"] + missing
    #expect(error.map { sentence(for: $0) } == expected.joined(separator: "\n"))
    #expect(!FileManager.default.fileExists(atPath: file("own")))
  }
}
