import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@testable import ONNX

@Suite struct `A written model` {
  private func run(_ bytes: [UInt8], _ inputs: [Tensor]) throws -> Tensor {
    try #require(try GraphModel(bytes)(inputs.map { .numbers($0) }).first).tensor
  }

  /// Leaves a model with its inputs and its output where `Tests/Oracles/ONNX/check_operations.py`
  /// wants them.
  private func keep(_ name: String, _ bytes: [UInt8], _ inputs: [Tensor], _ output: Tensor) throws {
    guard let folder = ProcessInfo.processInfo.environment["ROUND_TRIPS"] else { return }
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name).onnx"))
    let named = inputs.enumerated().map { (name: "x\($0.offset)", tensor: $0.element) }
    try WeightFile.write(
      named + [(name: "y", tensor: output)], precision: .single,
      path: "\(folder)/\(name).safetensors")
  }

  @Test(arguments: Computation.all)
  func `computes what was traced`(computation: Computation) throws {
    func inputs(_ seed: String) -> [Tensor] {
      computation.shapes.enumerated().map { randomTensor("\(seed) \($0.offset)", $0.element) }
    }
    let names = inputs("trace").enumerated().map { (name: "x\($0.offset)", tensor: $0.element) }
    let bytes = try onnxModel(
      name: computation.name, inputs: names, parameters: [], outputs: ["y"]
    ) { [computation.run($0)] }
    let other = inputs("run")  // what was traced must not be written into the model
    let expected = computation.run(other)
    let found = try run(bytes, other)
    #expect(found.shape == expected.shape)
    expectClose(found.array, expected.array, tolerance: 1e-5)
    try keep(computation.name, bytes, other, expected)
  }

  @Test(arguments: [TransitionUp.Crop.leading, .trailing])
  func `of a network keeps its names and its answers`(crop: TransitionUp.Crop) throws {
    let network = FCDenseNet(
      .init(input: 3, output: 2, first: 5, growth: 3, down: [2, 1], bottom: 2, crop: crop))
    network.initialize(seed: 4)
    for (name, parameter) in network.parameters where parameter.role == .tracked {
      parameter.value = parameter.value + 0.3 * randomTensor(name, parameter.shape)
    }
    let picture = randomTensor("picture", [1, 3, 12, 8])
    let bytes = try onnxModel(
      name: "network", inputs: [("picture", randomTensor("other", picture.shape))],
      parameters: network.parameters, outputs: ["maps"]
    ) { [network($0[0])] }
    let model = try GraphModel(bytes)
    #expect(model.inputs == ["picture"])
    #expect(model.outputs == ["maps"])
    #expect(model.constantNames == Set(network.parameters.map(\.name)))
    #expect(
      model.operators == [
        "Conv", "BatchNormalization", "Relu", "Concat", "MaxPool", "ConvTranspose", "Identity",
      ])
    let expected = network(picture)
    expectClose(try run(bytes, [picture]).array, expected.array, tolerance: 1e-5)
  }

  @Test func `has no step without a form in ONNX`() {
    let x = randomTensor("x", [1, 2, 4, 4])
    let error = #expect(throws: ONNXError.self) {
      try onnxModel(name: "spread", inputs: [("x", x)], parameters: [], outputs: ["y"]) {
        [$0[0].added(to: [1, 0], axis: 1, of: 3) + 1]
      }
    }
    #expect(
      error?.description == "cannot be written as ONNX: added(to:axis:of:), which made "
        + "[1, 3, 4, 4] of [[1, 2, 4, 4]], has no form in it")
  }

  @Test func `is refused where values decide what is done`() {
    let x = randomTensor("x", [3, 2])
    let computations: [(Tensor) -> Tensor] = [
      { $0 * (1 / $0.sum().scalar) }, { $0.items($0.argmax(axis: 0).values, axis: 0) },
      { exp($0) + exp($0).array[0] },
    ]
    for computation in computations {
      let error = #expect(throws: ONNXError.self) {
        try onnxModel(name: "choice", inputs: [("x", x)], parameters: [], outputs: ["y"]) {
          [computation($0[0])]
        }
      }
      #expect(error?.description.hasSuffix("decide what is done") == true)
    }
  }

  @Test func `has several results`() throws {
    let x = randomTensor("x", [3, 2])
    let bytes = try onnxModel(
      name: "two", inputs: [("x", x)], parameters: [], outputs: ["a", "b"]
    ) { [2 * $0[0], $0[0].sum(axes: [0])] }
    let model = try GraphModel(bytes)
    #expect(model.outputs == ["a", "b"])
    let found = try model([.numbers(x)])
    #expect(found.map(\.shape) == [[3, 2], [1, 2]])
    expectClose(found[1].tensor.array, x.sum(axes: [0]).array, tolerance: 1e-6)
  }

  @Test func `holds what depends on no input as constants`() throws {
    let layer = Conv1D(2, 3, kernel: 3, reparametrization: .weightNorm())
    layer.initialize(seed: 3)
    let x = randomTensor("x", [1, 2, 7])
    let bytes = try onnxModel(
      name: "layer", inputs: [("x", x)], parameters: layer.parameters, outputs: ["y"]
    ) { [layer($0[0])] }
    let model = try GraphModel(bytes)
    #expect(model.operators == ["Conv", "Identity"])
    expectClose(try run(bytes, [x]).array, layer(x).array, tolerance: 1e-5)
  }

  @Test func `leaves out what its result does not need`() throws {
    let bytes = try onnxModel(
      name: "half", inputs: [("x", randomTensor("x", [3]))], parameters: [], outputs: ["y"]
    ) {
      _ = exp($0[0]).added(to: [0, 1, 2], axis: 0, of: 4)
      return [2 * $0[0]]
    }
    #expect(try GraphModel(bytes).operators == ["Mul", "Identity"])
  }
}
