import Kernels
import Neural
import Tensors
import TestSupport
import Testing

@testable import ONNX

/// A computation with the shapes it is given.
struct Computation: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  let run: @Sendable ([Tensor]) -> Tensor

  init(_ name: String, _ shapes: [Int]..., run: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.shapes = shapes
    self.run = run
  }

  var testDescription: String { name }

  /// One for each operation that a trace names.
  static let all: [Computation] = [
    Computation("sum of products", [2, 3], [3]) { $0[0] * $0[1] + $0[0] - $0[1] / ($0[0] + 3) },
    Computation("extremes", [2, 3], [1, 3]) { maximum($0[0], minimum($0[1], 0.3 * $0[0])) },
    Computation("scale and shift", [5]) { 2 * $0[0] - 0.5 },
    Computation("roots and powers", [2, 3]) {
      power($0[0] + 2, 1.5) + log($0[0] + 2) + sqrt($0[0] + 1)
    },
    Computation("clamping", [7]) { clamped($0[0], -0.25...0.5) },
    Computation("waves", [4]) { sin($0[0]) * cos(3 * $0[0]) + floor(4 * $0[0]) + round(5 * $0[0]) },
    Computation("gentle activations", [9]) {
      gelu($0[0]) + geluByTanh(2 * $0[0]) + silu($0[0]) + mish($0[0]) + softplus($0[0])
    },
    Computation("sharp activations", [9]) {
      relu($0[0]) + leakyReLU($0[0]) + elu($0[0]) + abs($0[0]) + hardSwish(5 * $0[0])
        + hardSigmoid(4 * $0[0])
    },
    Computation("exponentials", [9]) { exp($0[0]) + tanh($0[0]) + sigmoid($0[0]) },
    Computation("sums", [2, 3, 4]) {
      $0[0].sum(axes: [1]) + $0[0].sum(axes: [0, 2], keepDims: false).reshaped([1, 3, 1])
    },
    Computation("means", [2, 3, 4]) { $0[0] - $0[0].mean(axes: [0, 2]) + $0[0].mean() },
    Computation("repetition", [3, 1]) { $0[0].expanded(to: [2, 3, 4]) },
    Computation("axes", [2, 3, 4]) { $0[0].permuted([2, 0, 1]).reshaped([4, 6]) },
    Computation("slices", [2, 5], [2, 3]) {
      concatenated([$0[0].sliced(1..<4, axis: 1), $0[1]], axis: 0).padded(
        before: 1, after: 0, axis: 1)
    },
    Computation("items", [4, 3]) { $0[0].items([2, 0, 2], axis: 0) },
    Computation("matrix products", [2, 3, 4], [5, 4], [5, 2]) {
      matmul($0[0], matmul($0[1], $0[2], transposingLeft: true))
        + matmul($0[0], $0[0], transposingRight: true).sum()
    },
    Computation("linear map", [2, 3, 4], [5, 4], [5]) { linear($0[0], weight: $0[1], bias: $0[2]) },
    Computation("softmax", [2, 3, 4]) { softmax($0[0], axis: 1) + logSoftmax($0[0], axis: 2) },
    Computation("convolution", [2, 4, 7, 6], [6, 2, 3, 2], [6]) {
      convolved(
        $0[0], weight: $0[1], bias: $0[2],
        ConvolutionSettings(
          stride: Extent(height: 2, width: 1),
          padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
          dilation: Extent(height: 1, width: 2), groups: 2))
    },
    Computation("convolution of signals", [2, 3, 9], [4, 3, 3]) {
      convolved($0[0], weight: $0[1], ConvolutionSettings(stride: 2, padding: 1))
    },
    Computation("transposed convolution", [1, 4, 3, 5], [4, 3, 3, 3], [6]) {
      transposeConvolved(
        $0[0], weight: $0[1], bias: $0[2],
        ConvolutionSettings(
          stride: 2, padding: Padding(top: 1, left: 0, bottom: 0, right: 1), groups: 2),
        outputPadding: Extent(height: 1, width: 0))
    },
    Computation("maxima", [1, 3, 7, 8]) {
      maxPooled(
        $0[0], kernel: Extent(height: 3, width: 2), stride: 2, padding: Extent(height: 1, width: 0))
        + maxPooled($0[0]).sum()
    },
    Computation("pixels", [1, 8, 2, 3]) { $0[0].pixelShuffled(2).pixelUnshuffled(2) },
  ]
}

@Suite struct `A written model` {
  private func run(_ bytes: [UInt8], _ inputs: [Tensor]) throws -> Tensor {
    try #require(try GraphModel(bytes)(inputs.map { .numbers($0) }).first).tensor
  }

  @Test(arguments: Computation.all)
  func `computes what was traced`(computation: Computation) throws {
    func inputs(_ seed: String) -> [Tensor] {
      computation.shapes.enumerated().map { randomTensor("\(seed) \($0.offset)", $0.element) }
    }
    let names = inputs("trace").enumerated().map { (name: "x\($0.offset)", tensor: $0.element) }
    let bytes = try onnxModel(
      name: computation.name, inputs: names, parameters: [], output: "y", computation.run)
    let other = inputs("run")  // what was traced must not be written into the model
    let expected = computation.run(other)
    let found = try run(bytes, other)
    #expect(found.shape == expected.shape)
    expectClose(found.array, expected.array, tolerance: 1e-5)
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
      parameters: network.parameters, output: "maps"
    ) { network($0[0]) }
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

  @Test func `has no step that cannot be named`() {
    let x = randomTensor("x", [1, 2, 4, 4])
    let error = #expect(throws: ONNXError.self) {
      try onnxModel(name: "flip", inputs: [("x", x)], parameters: [], output: "y") {
        $0[0].flipped(axes: [2]) + 1
      }
    }
    #expect(
      error?.description == "cannot be written as ONNX: an operation from [1, 2, 4, 4] to "
        + "[1, 2, 4, 4] has no name in a trace")
  }

  @Test func `leaves out what its result does not need`() throws {
    let bytes = try onnxModel(
      name: "half", inputs: [("x", randomTensor("x", [3]))], parameters: [], output: "y"
    ) {
      _ = exp($0[0]).flipped(axes: [0])
      return 2 * $0[0]
    }
    #expect(try GraphModel(bytes).operators == ["Mul", "Identity"])
  }
}
