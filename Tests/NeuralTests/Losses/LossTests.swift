import Foundation
import Neural
import Tensors
import TestSupport
import Testing

/// A loss under the name of its fixture.
struct LossCase: Sendable, CustomTestStringConvertible {
  let name: String
  let loss: @Sendable ([Tensor]) -> Tensor

  init(_ name: String, _ loss: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.loss = loss
  }

  var testDescription: String { name }

  func expect(tolerance: Float) throws {
    expectGolden(try Fixture(name, in: .module), tolerance: tolerance, operation: loss)
  }
}

@Suite struct `Losses` {
  private static let weights: [Float] = [0.5, 2, 1, 1.5]
  private static let spatial: [Int?] = [2, 0, nil, 1, 1, 3, 0, 3, 2, 2, 1, 0]

  static let all: [LossCase] = [
    LossCase("binary-cross-entropy") { binaryCrossEntropy(logits: $0[0], targets: $0[1]).mean() },
    LossCase("absolute-error") { absoluteError($0[0], $0[1]) },
    LossCase("squared-error") { squaredError($0[0], $0[1]) },
    LossCase("huber-error") { huberError($0[0], $0[1], delta: 0.7) },
    LossCase("log-cosh-error") { logCoshError($0[0], $0[1]) },
    LossCase("cross-entropy") {
      crossEntropy(logits: $0[0], targets: .labels([2, 0, nil, 3, 1]), weights: weights)
    },
    LossCase("cross-entropy-smooth") {
      crossEntropy(
        logits: $0[0], targets: .labels([2, 0, nil, 3, 1], smoothing: 0.1), weights: weights)
    },
    LossCase("cross-entropy-spatial") {
      crossEntropy(logits: $0[0], targets: .labels(spatial), weights: weights)
    },
    LossCase("cross-entropy-probabilities") {
      crossEntropy(logits: $0[0], targets: .probabilities($0[1].array), weights: weights)
    },
    LossCase("divergence") {
      normalDivergence(
        mean: $0[0], logVariance: $0[1], from: (mean: $0[2], logVariance: $0[3]))
    },
    LossCase("divergence-standard") { normalDivergence(mean: $0[0], logVariance: $0[1]) },
    LossCase("cosine") { cosineSimilarity($0[0], $0[1]).reshaped([2, 3]) },
    LossCase("end-to-end") {
      let loss = GeneralizedEndToEnd()
      loss.initialize(seed: 1)
      return loss($0[0])
    },
    LossCase("arc-face") {
      AngularMargin.arcFace().logits(cosines: $0[0], labels: [1, 3, 0, 3])
    },
    LossCase("cos-face") {
      AngularMargin.cosFace().logits(cosines: $0[0], labels: [1, 3, 0, 3])
    },
    LossCase("curricular-face") {
      AngularMargin.curricularFace(progress: 0.3).logits(cosines: $0[0], labels: [1, 3, 0, 3])
    },
  ]

  @Test(arguments: all) func `agree with PyTorch`(_ golden: LossCase) throws {
    try golden.expect(tolerance: 2e-6)
  }

  @Test func `of speakers compare each utterance with every centre`() throws {
    let fixture = try Fixture("end-to-end-similarities", in: .module)
    let loss = GeneralizedEndToEnd()
    expectGolden(fixture, of: loss, tolerance: 2e-6) { loss.similarities($0[0]) }
  }

  @Test(arguments: 1...2) func `have the gradients of their differences, twice`(seed: Int) {
    let start = [randomTensor("a \(seed)", [3, 4]), randomTensor("b \(seed)", [3, 4])]
    expectGradientsMatch(at: start, seed: seed) { x in
      let loss =
        crossEntropy(logits: x[0], targets: .labels([1, nil, 3], smoothing: 0.2))
        + logCoshError(x[0], x[1]).mean() + cosineSimilarity(x[0], x[1]).mean()
        + normalDivergence(mean: x[0], logVariance: x[1]).mean()
      let back = gradients(of: loss, with: x, recording: true)
      return (back[0] * back[0]).sum() + (back[1] * back[1]).sum()
    }
  }

  @Test func `survive logits that are far apart`() {
    let logits = Tensor([1000, -1000, 0, 0], shape: [2, 2]).variable
    let loss = crossEntropy(logits: logits, targets: .labels([1, 0]))
    #expect(abs(loss.scalar - (2000 + 0.693147) / 2) < 1e-3)
    #expect(gradients(of: loss, with: [logits])[0].array == [0.5, -0.5, -0.25, 0.25])
  }

  @Test func `of classes on a sphere are learned from the angles to their centres`() {
    let classifier = AngularClassifier(features: 3, classes: 4)
    expectGradientsMatch(of: classifier, inputs: [[5, 3]], seed: 2) {
      AngularMargin.arcFace(margin: 0.2).logits(
        cosines: classifier($0[0]), labels: [3, 0, 1, 2, 2], scale: 4)
    }
  }
}
