import Neural
import Tensors

/// What is timed, under the names that `peers.py` uses too.
enum Case: String, CaseIterable {
  case dense103Forward = "dense103-forward"
  case dense56Forward = "dense56-forward"
  case trainingStep = "training-step"

  /// One run, with everything set up.
  func prepared() -> () -> Void {
    switch self {
    case .dense103Forward: forward(.dense103(input: 4, output: 3), channels: 4)
    case .dense56Forward: forward(.dense56(input: 3, output: 1), channels: 3)
    case .trainingStep: step()
    }
  }

  private func forward(_ design: FCDenseNet.Design, channels: Int) -> () -> Void {
    let network = FCDenseNet(design)
    network.initialize(seed: 1)
    let x = random([1, channels, 256, 256])
    return { _ = withoutRecording { network(x).array } }
  }

  /// Both networks, batch 4, 128 × 128: mark, read, cross-entropy plus squared residual, backward, Adam.
  private func step() -> () -> Void {
    let pair = Pair()
    pair.initialize(seed: 1)
    let adam = Optimizer(Adam(), pair.parameters, rate: 0.001)
    let cover = random([4, 3, 128, 128])
    let code = Tensor(
      random([4, 1, 128, 128]).array.map { $0.rounded() }, shape: [4, 1, 128, 128])
    let strength = Tensor([0.04, 0.02, 0.02], shape: [1, 3, 1, 1])
    return {
      BatchNorm.Mode.$current.withValue(.batch) {
        let residual = strength * sigmoid(pair.encoder(concatenated([cover, code], axis: 1)))
        let logits = pair.decoder(cover + residual)
        let loss =
          binaryCrossEntropy(logits: logits, targets: code).mean() + (residual * residual).mean()
        adam.step(gradients(of: loss, with: pair.trained.map(\.value)))
      }
    }
  }

  private struct Pair: Module {
    let encoder = FCDenseNet(.dense103(input: 4, output: 3))
    let decoder = FCDenseNet(.dense56(input: 3, output: 1))
  }

  private func random(_ shape: [Int]) -> Tensor {
    var generator = SplitMix64(seed: 1)
    let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: 0..<1, using: &generator) }
    return Tensor(values, shape: shape)
  }
}
