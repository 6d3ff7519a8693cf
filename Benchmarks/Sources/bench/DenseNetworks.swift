import Neural
import Tensors

/// The two networks that hide a code and read it, each alone and both in one step.
let denseNetworks =
  Workload.both(
    "dense103", shapes: [[4, 256, 256]], trainingShapes: [[4, 128, 128]], trainingBatch: 4
  ) {
    FCDenseNet(.dense103(input: 4, output: 3))
  } run: {
    $0($1[0])
  }
  + Workload.both(
    "dense56", shapes: [[3, 256, 256]], trainingShapes: [[3, 128, 128]], trainingBatch: 4
  ) {
    FCDenseNet(.dense56(input: 3, output: 1))
  } run: {
    $0($1[0])
  } + [Workload(name: "training-step", prepared: step)]

/// Both networks, batch 4, 128 × 128: mark, read, cross-entropy plus squared residual, backward, Adam.
@Sendable private func step() -> () -> Void {
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
