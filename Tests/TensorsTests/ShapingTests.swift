import Tensors
import TestSupport
import Testing

@Suite struct `Shaping` {
  static let all: [GoldenCase] = [
    GoldenCase("concatenate") { concatenated($0, axis: 1) },
    GoldenCase("slice-channels") { $0[0].sliced(1..<4, axis: 1) },
    GoldenCase("slice-top-left") { $0[0].sliced(0..<4, axis: 2).sliced(0..<3, axis: 3) },
    GoldenCase("pixel-shuffle") { $0[0].pixelShuffled(2) },
    GoldenCase("pixel-unshuffle") { $0[0].pixelUnshuffled(2) },
  ]

  static let mixing: [GoldenCase] = [
    GoldenCase("resample") {
      $0[0].resampled(vertical: Matrix($0[1]), horizontal: Matrix($0[2]))
    },
    GoldenCase("mix-channels") { $0[0].mixed(by: Matrix($0[1])) },
  ]

  @Test(arguments: all, layouts)
  func `agrees with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 0, layout: layout)
  }

  @Test(arguments: mixing, layouts)
  func `by constant matrices agrees with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout)
    throws
  {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: 1...3) func `has the adjoint as its gradient`(seed: Int) {
    expectAdjoint([2, 5, 4, 6], seed: seed) { $0.sliced(1..<4, axis: 1) }
    expectAdjoint([2, 5, 4, 6], seed: seed) { $0.sliced(2..<6, axis: 3) }
    expectAdjoint([2, 5, 4, 6], seed: seed) { $0.padded(before: 2, after: 1, axis: 2) }
    expectAdjoint([2, 5, 4, 6], seed: seed) { concatenated([$0, 2 * $0], axis: 2) }
    expectAdjoint([2, 18, 4, 6], seed: seed) { $0.pixelShuffled(3) }
    expectAdjoint([2, 3, 4, 6], seed: seed) { $0.pixelUnshuffled(2) }
    expectAdjoint([2, 3, 4, 6], seed: seed) { $0.reshaped([6, 24]) }
    expectAdjoint([3, 1, 6], seed: seed) { $0.expanded(to: [2, 3, 4, 6]) }
    expectAdjoint([2, 3, 4, 6], seed: seed) { $0.summed(to: [3, 1, 6]) }
    expectAdjoint([2, 11, 4, 6], seed: seed) { $0.blocked }
    expectAdjoint([2, 3, 7, 5], seed: seed) {
      $0.resampled(
        vertical: Matrix(randomTensor("rows", [4, 7])),
        horizontal: Matrix(randomTensor("columns", [9, 5])))
    }
    expectAdjoint([2, 3, 7, 5], seed: seed) { $0.mixed(by: Matrix(randomTensor("mix", [4, 3]))) }
  }

  @Test func `frames signals as unfolding does, and adds them up again`() {
    let x = Tensor((0..<9).map { Float($0) }, shape: [1, 9])
    let frames = x.framed(size: 4, hop: 2)
    #expect(frames.shape == [1, 4, 3])
    #expect(frames.array == [0, 2, 4, 1, 3, 5, 2, 4, 6, 3, 5, 7])
    #expect(frames.overlapAdded(hop: 2).array == [0, 1, 4, 6, 8, 10, 6, 7])
    for seed in 1...2 {
      expectAdjoint([3, 20], seed: seed) { $0.framed(size: 7, hop: 3) }
      expectAdjoint([3, 7, 5], seed: seed) { $0.overlapAdded(hop: 3, length: 21) }
    }
  }

  @Test(arguments: [2, 3]) func `shuffles pixels and back`(factor: Int) {
    let x = randomTensor("x", [2, 3 * factor * factor, 4, 5])
    expectClose(
      x.pixelShuffled(factor).pixelUnshuffled(factor).array, x.array, tolerance: 0)
  }

  @Test(arguments: [1, 7, 8, 9, 16, 17, 35]) func `blocks channels and back`(channels: Int) {
    let x = randomTensor("x", [2, channels, 3, 5])
    expectClose(x.blocked.plain.array, x.array, tolerance: 0)
  }
}

extension Matrix {
  fileprivate init(_ tensor: Tensor) {
    self.init(tensor.array, rows: tensor.shape[0], columns: tensor.shape[1])
  }
}
