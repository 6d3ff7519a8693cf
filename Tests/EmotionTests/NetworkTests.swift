import Neural
import Tensors
import TestSupport
import Testing

@testable import Emotion

/// Few channels, at odd sizes.
private let small = EmotionDesign(
  name: .face48, side: 12, channels: 2, generatorWidths: [2, 3, 4], discriminatorWidths: [2, 3, 4],
  classifierWidths: [2, 3, 4], condition: 3)

/// The networks against their twins in PyTorch: `Tests/Oracles/Emotion`.
@Suite struct `The networks of emotions` {
  private func mode(_ name: String) -> BatchNorm.Mode {
    name.hasSuffix("training") ? .batch : .running
  }

  @Test(arguments: ["evaluation", "training"])
  func `classifier A agrees with PyTorch`(use: String) throws {
    let fixture = try Fixture("classifier-a-\(use)", in: .module)
    let network = ResidualClassifier(small, emotions: 3)
    BatchNorm.Mode.$current.withValue(mode(use)) {
      expectGolden(fixture, of: network, tolerance: 2e-5) { network.logits($0[0], dropout: 1) }
    }
  }

  @Test(arguments: ["evaluation", "training"])
  func `EmoDNN agrees with PyTorch`(use: String) throws {
    let fixture = try Fixture("emodnn-\(use)", in: .module)
    let network = EmoDNN(small, emotions: 3)
    BatchNorm.Mode.$current.withValue(mode(use)) {
      expectGolden(fixture, of: network, tolerance: 5e-5) { network($0[0], emotions: $0[1]) }
    }
  }

  @Test(arguments: ["training", "twice"])
  func `the discriminator agrees with PyTorch`(use: String) throws {
    let fixture = try Fixture("discriminator-\(use)", in: .module)
    let network = EmotionDiscriminator(small)
    BatchNorm.Mode.$current.withValue(mode(use)) {
      expectGolden(fixture, of: network, tolerance: 1e-4) { network($0[0]) }
    }
  }

  @Test func `the discriminator's second derivatives agree with PyTorch`() throws {
    let fixture = try Fixture("discriminator-twice", in: .module)
    let network = EmotionDiscriminator(small)
    for (name, parameter) in network.parameters {
      parameter.value = fixture["parameter." + name].tensor
    }
    expectGolden(fixture, tolerance: 1e-4) { network($0[0]) }
  }

  @Test(arguments: ["evaluation", "training"])
  func `classifier B agrees with PyTorch`(use: String) throws {
    let fixture = try Fixture("classifier-b-\(use)", in: .module)
    let network = ConvolutionalClassifier(.named(.face48), emotions: 7)
    for (name, parameter) in network.parameters {
      parameter.value = hashParameter(name, shape: parameter.shape)
    }
    let input = ((randomTensor("input", [3, 1, 48, 48]) + 1) / 2).variable
    let output = BatchNorm.Mode.$current.withValue(mode(use)) {
      network.logits(input, dropout: nil)
    }
    // Nine normalizations of three items each magnify rounding, in PyTorch as here.
    expectClose(output.array, fixture["output"].values, tolerance: 5e-4, "output")
    let trained = network.parameters.filter { $0.parameter.role == .trained }
    let found = gradients(
      of: output, upstream: randomTensor("upstream", output.shape),
      with: [input] + trained.map(\.parameter.value))
    expectClose(
      found[0].array, fixture["gradient.input"].values, tolerance: 2e-3, "gradient of the input")
    let named = zip(trained.map(\.name), found.dropFirst()).sorted { $0.0 < $1.0 }
    let (norms, projections) = (fixture["gradient.norms"], fixture["gradient.projections"])
    #expect(named.count == norms.values.count)
    let largest = norms.values.max() ?? 0
    for (index, (name, gradient)) in named.enumerated() {
      // Biases before a second normalization have gradient 0 but for rounding.
      let allowed = 2e-3 * norms.values[index] + 3e-8 * largest
      let length = (Double(gradient.count) / 3).squareRoot()
      let along = dot(gradient, randomTensor("direction." + name, gradient.shape)) / length
      #expect(
        abs(Float(along) - projections.values[index]) <= allowed,
        "projection of the gradient of \(name), of norm \(norms.values[index])")
      #expect(
        abs(Float(dot(gradient, gradient).squareRoot()) - norms.values[index]) <= allowed,
        "norm of the gradient of \(name)")
    }
  }

  @Test(arguments: [1, 2])
  func `classifier A has the gradients that differences show`(seed: Int) {
    let network = ResidualClassifier(small, emotions: 3)
    expectGradientsMatch(
      of: network, inputs: [[2, 2, 7, 6]], step: 1e-3, tolerance: 0.03, seed: seed
    ) { network.logits($0[0], dropout: nil) }
  }

  @Test func `EmoDNN begins as the identity`() {
    let network = EmoDNN(small, emotions: 3)
    network.begin(seed: 3)
    let picture = randomTensor("picture", [1, 2, 9, 8])
    #expect(network(picture, emotions: oneHot([1], of: 3)).array == picture.array)
  }

  @Test func `classifier B leaves places out in training only`() {
    let network = ConvolutionalClassifier(.named(.face48), emotions: 7)
    network.initialize(seed: 1)
    let picture = randomTensor("picture", [2, 1, 48, 48])
    let (first, second) = (
      network.logits(picture, dropout: 1).array, network.logits(picture, dropout: 2).array
    )
    #expect(first != second)
    #expect(first == network.logits(picture, dropout: 1).array)
    #expect(network.logits(picture, dropout: nil).array != first)
  }

  @Test func `fit the paper's size`() {
    let design = EmotionDesign.named(.face128)
    #expect(design.side == 128 && design.channels == 3)
    let network = ConvolutionalClassifier(design, emotions: 8)
    // Without padding, 6 × 6 of the 128 channels are left.
    #expect(network.dense15.weight.shape == [256, 4608])
  }
}

/// The values that a parameter's name and shape stand for; the table is in the oracle.
private func hashParameter(_ name: String, shape: [Int]) -> Tensor {
  let values = hashUniform(name, count: shape.reduce(1, *))
  let (scale, shift): (Double, Double) =
    if shape.count > 1 {
      ((6 / Double(shape.dropFirst().reduce(1, *)) / 1.09).squareRoot(), 0)
    } else if name.hasPrefix("norm"), name.hasSuffix(".weight") {
      (0.1, 1)
    } else if name.hasSuffix("running_var") {
      (0.2, 1)
    } else {
      (0.1, 0)
    }
  return Tensor(values.map { Float(shift + scale * $0) }, shape: shape)
}
