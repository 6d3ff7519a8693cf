import Emotion
import Foundation
import Neural
import ONNX
import Tensors
import TestSupport
import Testing
import WeightFiles

@testable import Pipelines

/// Any network of any model; the largest at sizes that are quick to run.
struct ExportCase: Sendable, CustomTestStringConvertible {
  let model, network: String
  var size: String?
  /// Beside the model's name, what its weight file must say.
  var metadata: [String: String] = [:]

  var testDescription: String { model == network ? model : "\(model) \(network)" }

  static let all: [ExportCase] = {
    let sizes = [
      "mtcnn-pnet": "29x23", "s3fd": "96x64", "ssd": "261x259", "fan": "128x64", "bisenet": "96x64",
    ]
    let pairs = ["dense103", "dense-fast"].flatMap { model in
      ["encoder", "decoder"].map { ExportCase(model: model, network: $0) }
    }
    let emotions = EmotionModel.allCases.flatMap { model in
      EmotionDesign.Name.allCases.map { design in
        ExportCase(
          model: model.rawValue, network: model.rawValue,
          metadata: ["design": design.rawValue, "emotions": "happy,sad,anger"])
      }
    }
    let faces = [
      "mtcnn-pnet", "mtcnn-rnet", "mtcnn-onet", "s3fd", "ssd", "fan", "bisenet",
      "landmarks68", "faceparser", "dlib-face-recognition",
    ].map { ExportCase(model: $0, network: $0, size: sizes[$0]) }
    return pairs + emotions + faces
  }()

  /// The model with seeded weights, none of them at a constant.
  func prepared() throws -> PortableModel {
    let model = try KnownModel.asked(model).portable(
      ["model": model].merging(metadata) { $1 }, "a test")
    model.module.initialize(seed: 6)
    for (name, parameter) in model.module.parameters {
      let values = parameter.value.array
      guard values.allSatisfy({ $0 == values[0] }) else { continue }
      parameter.value = parameter.value + 0.3 * randomTensor(name, parameter.shape)
    }
    return model
  }
}

struct ModelExportTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  @Test func `every model is tried`() {
    #expect(Set(ExportCase.all.map(\.model)) == Set(KnownModel.all.map(\.name)))
  }

  @Test(arguments: ExportCase.all)
  func `an ONNX file answers as the network does`(tried: ExportCase) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (weights, graph) = (file("weights.safetensors"), file("network.onnx"))
    let model = try tried.prepared()
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .single, path: weights)
    var options = ExportOptions()
    options.network = model.networks.count == 1 ? nil : tried.network
    options.size = tried.size
    try exportModel(weights, to: graph, options: options)

    let network = try #require(model.networks.first { $0.name == tried.network })
    let inputs = network.inputs.map { input in
      var shape = input.shape
      if let size = tried.size {
        shape.replaceSubrange(
          2..., with: size.split(separator: "x").compactMap { Int($0) }.reversed())
      }
      return 0.5 * randomTensor(input.name, shape) + 0.5
    }
    let expected = withoutRecording { network.run(inputs) }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: graph)))
    let read = try GraphModel(bytes)
    #expect(read.inputs == network.inputs.map(\.name))
    #expect(read.outputs == network.outputs)
    let found = try read(inputs.map { .numbers($0) })
    #expect(found.count == expected.count)
    for (name, (found, expected)) in zip(network.outputs, zip(found, expected)) {
      #expect(found.shape == expected.shape)
      #expect(expected.count == 1 || Set(expected.array).count > 1, "\(name) is all the same")
      expectClose(found.tensor.array, expected.array, tolerance: 1e-4, name)
    }
    try keep(
      tried.testDescription, bytes,
      Array(zip(network.inputs.map(\.name), inputs)) + zip(network.outputs, expected))
  }

  /// Leaves a model with its inputs and outputs where `Tests/Oracles/ONNX/check_operations.py` wants
  /// them.
  private func keep(_ name: String, _ bytes: [UInt8], _ tensors: [(String, Tensor)]) throws {
    guard let folder = ProcessInfo.processInfo.environment["ROUND_TRIPS"] else { return }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name).onnx"))
    try WeightFile.write(
      tensors.map { (name: $0.0, tensor: $0.1) }, precision: .single,
      path: "\(folder)/\(name).safetensors")
  }

  @Test func `a model is found by its name, too`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try #require(ExportCase.all.first { $0.model == "classifier-a" }).prepared()
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .single,
      path: file("classifier-a.safetensors"))
    let store = ModelStore(folders: [folder.path])
    try exportModel("classifier-a", to: file("out.safetensors"), in: store)
    let (before, after) = try (
      WeightFile(path: file("classifier-a.safetensors")), WeightFile(path: file("out.safetensors"))
    )
    #expect(after.metadata == before.metadata)
    #expect(after.metadata["emotions"] == "happy,sad,anger")
    for (name, parameter) in model.module.parameters {
      #expect(after[name]?.array == parameter.value.array, "\(name)")
    }
  }

  @Test func `what is exported must be a model`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let network = try #require(ExportCase.all.first { $0.model == "dense-fast" }).prepared().module
    try WeightFile.write(network, precision: .half, path: file("nameless"))
    try WeightFile.write(
      network, metadata: ["model": "classifier-b"], precision: .half, path: file("misnamed"))
    for (input, output) in [
      (file("nameless"), file("a.safetensors")), ("dense9", file("a.safetensors")),
      ("dense-fast", file("a.xyz")), ("dense-fast", file("a.onnx")),
    ] {
      #expect(throws: PipelineError.self) { try exportModel(input, to: output) }
      #expect(!FileManager.default.fileExists(atPath: output))
    }
    #expect(throws: WeightError.self) {
      try exportModel(file("misnamed"), to: file("a.safetensors"))
    }
  }

  @Test(arguments: [
    ("a.safetensors", "encoder", nil), ("a.safetensors", nil, "64x64"), ("a.onnx", "middle", nil),
    ("a.onnx", nil, nil), ("a.onnx", "encoder", "64x64"),
  ])
  func `only an ONNX file holds one network, and only as there is`(
    output: String, network: String?, size: String?
  ) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try #require(ExportCase.all.first { $0.model == "dense-fast" }).prepared()
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .half, path: file("weights"))
    var options = ExportOptions()
    (options.network, options.size) = (network, size)
    #expect(throws: PipelineError.self) {
      try exportModel(file("weights"), to: file(output), options: options)
    }
    #expect(!FileManager.default.fileExists(atPath: file(output)))
  }

  @Test(arguments: ["64", "64x", "64x65", "0x64", "64x64x64", "-64x64", "axb"])
  func `a size must be one that the network takes`(size: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let model = try #require(ExportCase.all.first { $0.model == "bisenet" }).prepared()
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .half, path: file("weights"))
    var options = ExportOptions()
    options.size = size
    let error = #expect(throws: PipelineError.self) {
      try exportModel(file("weights"), to: file("a.onnx"), options: options)
    }
    #expect(error?.description.contains("multiples of 32 and at least 32, not of \(size)") == true)
  }
}
