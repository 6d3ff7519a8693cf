import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Adversarial losses` {
  static let all: [String: AdversarialLoss] = [
    "cross-entropy": .crossEntropy, "least-squares": .leastSquares, "hinge": .hinge,
    "wasserstein": .wasserstein,
  ]

  @Test(arguments: all.keys.sorted()) func `agree with PyTorch`(name: String) throws {
    let loss = try #require(Self.all[name])
    expectGolden(
      try Fixture("adversarial-\(name)-discriminator", in: .module), tolerance: 1e-6
    ) { loss.discriminator(real: $0[0], fake: $0[1]) }
    expectGolden(try Fixture("adversarial-\(name)-generator", in: .module), tolerance: 1e-6) {
      loss.generator(fake: $0[0])
    }
  }

  @Test func `of inner maps reach only what was made`() {
    let (real, fake) = (
      randomTensor("real", [2, 3]).variable, randomTensor("fake", [2, 3]).variable
    )
    let loss = featureMatching(real: [real, 2 * real], fake: [fake, 2 * fake])
    let apart = zip(real.array, fake.array).map { abs($0 - $1) }.reduce(0, +) / 6
    expectClose([loss.scalar], [3 * apart], tolerance: 1e-6)
    let back = gradients(of: loss, with: [real, fake])
    #expect(back[0].array == [Float](repeating: 0, count: 6))
    expectClose(
      back[1].array, zip(fake.array, real.array).map { $0 > $1 ? 0.5 : -0.5 }, tolerance: 1e-6)
  }
}

@Suite struct `Penalties on slopes` {
  private struct Critic: Module {
    let first = Conv2D(3, 4, kernel: 3)
    let second = Conv2D(4, 1, kernel: 1)

    func callAsFunction(_ x: Tensor) -> Tensor {
      second(softplus(first(x))).mean(axes: [1, 2, 3])
    }
  }

  @Test func `between real and made agree with PyTorch`() throws {
    let critic = Critic()
    expectGolden(
      try Fixture("penalty-wasserstein", in: .module), of: critic, tolerance: 1e-5
    ) {
      gradientPenalty(real: $0[0], fake: $0[1], shares: [0.2, 0.9, 0.5]) { critic($0) }
    }
  }

  @Test func `where items are real agree with PyTorch`() throws {
    let critic = Critic()
    expectGolden(try Fixture("penalty-real", in: .module), of: critic, tolerance: 1e-5) {
      realGradientPenalty(real: $0[0]) { critic($0) }
    }
  }
}
