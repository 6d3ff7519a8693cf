import Tensors
import TestSupport
import Testing

@testable import Emotion

@Suite struct `The losses of classifiers` {
  private let labels = [2, 0, 1, 1, 2]

  @Test func `agree with PyTorch`() throws {
    expectGolden(try Fixture("loss-confident", in: .module), tolerance: 2e-6) {
      ClassifierLoss.confident($0[0], labels: labels)
    }
    let weighted = ClassifierLoss.weighted([0.5, 1.25, 2])
    expectGolden(try Fixture("loss-weighted", in: .module), tolerance: 2e-6) {
      weighted($0[0], labels: labels)
    }
  }

  @Test func `weigh emotions by the inverse of their frequency`() {
    let faces = [0, 0, 0, 1].map { FaceSet.Face(width: 1, height: 1, bytes: [9], label: $0) }
    let set = FaceSet(emotions: [.happy, .sad], channels: 1, faces: faces)
    #expect(set.counts == [3, 1])
    expectClose(set.weights(balance: 1), [2.0 / 3, 2], tolerance: 1e-6)
  }
}

@Suite struct `A confusion matrix` {
  @Test func `gives recall, F1 and accuracy`() {
    var matrix = ConfusionMatrix([.happy, .sad, .fear])
    for (shown, taken) in [(0, 0), (0, 0), (0, 1), (1, 1), (2, 0)] {
      matrix.add(shown: shown, takenFor: taken)
    }
    #expect(matrix.total == 5)
    #expect(abs(matrix.accuracy - 0.6) < 1e-12)
    #expect(abs(matrix.recall(0) - 2.0 / 3) < 1e-12 && abs(matrix.precision(0) - 2.0 / 3) < 1e-12)
    #expect(abs(matrix.f1(1) - 2.0 / 3) < 1e-12)
    #expect(matrix.f1(2) == 0 && matrix.recall(2) == 0)
  }
}
