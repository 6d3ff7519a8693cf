import Foundation
import Neural
import ONNX
import QRSteganography
import Tensors
import Testing
import WeightFiles

@testable import Pipelines

struct ModelExportTests {
  private let folder: URL
  private let network: StegoNetwork

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    network = StegoNetwork(.denseFast)
    network.initialize(seed: 6)
  }

  private func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func wave(_ channels: Int) -> Tensor {
    let side = StegoDesign.workingSize
    let values = (0..<channels * side * side).map { 0.5 + 0.5 * Float(sin(0.37 * Double($0))) }
    return Tensor(values, shape: [1, channels, side, side])
  }

  @Test(arguments: ["encoder", "decoder"])
  func `an ONNX file answers as the network does`(role: String) throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let (weights, graph) = (file("weights.safetensors"), file("network.onnx"))
    try WeightFile.write(
      network, metadata: ["model": "dense-fast"], precision: .single, path: weights)
    try exportModel(weights, to: graph, network: role)
    let model = try GraphModel([UInt8](try Data(contentsOf: URL(fileURLWithPath: graph))))
    let inputs = role == "encoder" ? [wave(3), wave(1)] : [wave(3)]
    #expect(model.inputs == (role == "encoder" ? ["cover", "code"] : ["marked"]))
    let found = try #require(try model(inputs.map { .numbers($0) }).first).tensor
    let expected = withoutRecording {
      role == "encoder"
        ? network.residual(cover: inputs[0], code: inputs[1]) : network.logits(marked: inputs[0])
    }
    #expect(found.shape == expected.shape)
    let largest = expected.array.reduce(0) { max($0, abs($1)) }
    let worst = zip(found.array, expected.array).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 1e-4 * largest, "\(worst) of \(largest)")
  }

  @Test func `what is exported must be a model`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try WeightFile.write(network, precision: .half, path: file("nameless"))
    for (input, output) in [
      (file("nameless"), file("a.safetensors")), ("dense9", file("a.safetensors")),
      ("dense-fast", file("a.xyz")), ("dense-fast", file("a.onnx")),
    ] {
      #expect(throws: PipelineError.self) { try exportModel(input, to: output) }
      #expect(!FileManager.default.fileExists(atPath: output))
    }
  }

  @Test func `only an ONNX file holds one network, and only one there is`() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for (output, role) in [("a.safetensors", "encoder"), ("a.onnx", "middle")] {
      #expect(throws: PipelineError.self) {
        try exportModel("dense-fast", to: file(output), network: role)
      }
    }
  }
}
