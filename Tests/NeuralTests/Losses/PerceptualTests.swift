import Foundation
import Neural
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct `Perceptual distance` {
  @Test func `through AlexNet agrees with the authors' program`() throws {
    try expect(PerceptualDistance(AlexNetTrunk()), name: "alex", height: 35, width: 41)
  }

  @Test func `through VGG agrees with the authors' program`() throws {
    try expect(PerceptualDistance(VGG16Trunk()), name: "vgg", height: 17, width: 19)
  }

  @Test func `has the parameter names of the published files`() {
    let distance = PerceptualDistance(AlexNetTrunk())
    let layers = [0, 3, 6, 8, 10]
    #expect(
      distance.trunk.parameters.map(\.name)
        == layers.flatMap { ["features.\($0).weight", "features.\($0).bias"] })
    #expect(
      distance.heads.parameters.map(\.name) == (0..<5).map { "lin\($0).model.1.weight" })
    #expect(
      VGG16Trunk().parameters.map(\.name)
        == [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28].flatMap {
          ["features.\($0).weight", "features.\($0).bias"]
        })
  }

  @Test func `takes its weights from the published files`() throws {
    let paths = (temporaryPath(), temporaryPath())
    defer { for path in [paths.0, paths.1] { try? FileManager.default.removeItem(atPath: path) } }
    let written = PerceptualDistance(AlexNetTrunk())
    written.trunk.initialize(seed: 1)
    written.heads.initialize(seed: 1)
    let weight = randomTensor("head", [1, 192, 1, 1])
    written.heads.lin1.model.`1`.weight.value = weight
    let classifier = [(name: "classifier.1.weight", tensor: Tensor([1, 2], shape: [1, 2]))]
    try WeightFile.write(
      written.trunk.parameters.map { ($0.name, $0.parameter.value) } + classifier,
      precision: .single, path: paths.0)
    try WeightFile.write(written.heads, precision: .single, path: paths.1)

    let distance = PerceptualDistance(AlexNetTrunk())
    try distance.load(trunk: paths.0, heads: paths.1)
    #expect(
      distance.trunk.features.`8`.weight().array == written.trunk.features.`8`.weight().array)
    #expect(distance.heads.lin1.model.`1`.weight.value.array == weight.array)
    #expect(throws: WeightError.self) {
      try PerceptualDistance(VGG16Trunk()).load(trunk: paths.0, heads: paths.1)
    }
  }

  /// Parameters and pictures as `perceptual` of the oracle describes them.
  private func expect<Trunk: PerceptualTrunk>(
    _ distance: PerceptualDistance<Trunk>, name: String, height: Int, width: Int
  ) throws {
    for (own, parameter) in distance.trunk.parameters + distance.heads.parameters {
      let shape = parameter.shape
      let fan = shape.dropFirst().reduce(1, *)
      let scale: (Double) -> Double =
        own.hasPrefix("lin")
        ? { abs($0) / Double(shape[1]) }
        : own.hasSuffix("weight") ? { $0 * (6 / Double(fan)).squareRoot() } : { 0.1 * $0 }
      let values = hashUniform("\(name).\(own)", count: shape.reduce(1, *))
      parameter.value = Tensor(values.map { Float(scale($0)) }, shape: shape)
    }
    let fixture = try Fixture("lpips-\(name)", in: .module)
    let pictures = ["a", "b"].map { randomTensor("\(name).\($0)", [1, 3, height, width]).variable }
    let result = distance(pictures[0], pictures[1])
    expectClose(result.array, fixture["output"].values, tolerance: 1e-5)
    for (index, gradient) in gradients(of: result.sum(), with: pictures).enumerated() {
      expectClose(
        gradient.array, fixture["gradient.input.\(index)"].values, tolerance: 1e-4,
        "gradient \(index)")
    }
  }
}
