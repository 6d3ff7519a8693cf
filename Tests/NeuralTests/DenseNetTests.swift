import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Blocks of a dense network` {
  private static let modes = ["training", "evaluation"]

  private func withMode<Result>(_ mode: String, _ body: () throws -> Result) rethrows -> Result {
    try BatchNorm.Mode.$current.withValue(mode == "training" ? .batch : .running, operation: body)
  }

  @Test(arguments: ["1x1", "5x5", "tall"], modes)
  func `normalize, rectify and convolve as PyTorch does`(kind: String, mode: String) throws {
    let fixture = try Fixture("norm-relu-\(kind)-\(mode)", in: .module)
    let shape = fixture["parameter.conv.weight"].shape
    let layer = NormReLUConv(shape[1], shape[0], kernel: shape[2])
    withMode(mode) {
      expectGolden(fixture, of: layer, tolerance: 3e-6) { layer($0[0]) }
    }
  }

  @Test(arguments: [5, 16], modes)
  func `hand on all maps or the new ones as PyTorch does`(growth: Int, mode: String) throws {
    for output in [DenseOutput.all, .new] {
      let kind = output == .all ? "whole" : "new"
      let block = DenseBlock(7, growth: growth, count: growth == 5 ? 3 : 2)
      let fixture = try Fixture("dense-block-\(growth)-\(mode)-\(kind)", in: .module)
      withMode(mode) {
        expectGolden(fixture, of: block, tolerance: 3e-6) { block($0[0], $0[1], output: output) }
      }
    }
  }

  @Test(arguments: [5, 21], modes)
  func `halve the size as PyTorch does`(channels: Int, mode: String) throws {
    let block = TransitionDown(channels)
    let fixture = try Fixture("transition-down-\(channels)-\(mode)", in: .module)
    withMode(mode) {
      expectGolden(fixture, of: block, tolerance: 3e-6) { block($0[0]) }
    }
  }

  @Test(arguments: ["max-pool", "max-pool-odd"])
  func `take maxima as PyTorch does`(name: String) throws {
    expectGolden(try Fixture(name, in: .module), tolerance: 0) { maxPooled($0[0]) }
  }

  @Test(arguments: ["trailing": TransitionUp.Crop.trailing, "leading": .leading])
  func `double the size up to that of the skip as PyTorch does`(
    name: String, crop: TransitionUp.Crop
  ) throws {
    let block = TransitionUp(5, crop: crop)
    let skip = Tensor(repeating: 0, shape: [2, 4, 8, 6])
    expectGolden(try Fixture("transition-up-\(name)", in: .module), of: block, tolerance: 2e-6) {
      block($0[0], skip: skip)
    }
  }

  @Test(arguments: 1...3, modes)
  func `have the gradients of their differences`(seed: Int, mode: String) {
    let block = DenseBlock(5, growth: 3, count: 3)
    withMode(mode) {
      expectGradientsMatch(
        of: block, inputs: [[2, 3, 9, 7], [2, 2, 9, 7]], seed: seed
      ) {
        block($0[0], $0[1], output: .new)
      }
    }
  }
}
