import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct `Functions` {
  static let all: [GoldenCase] = [
    GoldenCase("sigmoid") { sigmoid($0[0]) },
    GoldenCase("softplus") { softplus($0[0]) },
    GoldenCase("relu") { relu($0[0]) },
    GoldenCase("exp") { exp($0[0]) },
    GoldenCase("log") { log($0[0]) },
    GoldenCase("power") { power($0[0], 1.7) },
    GoldenCase("power-2") { power($0[0], 2) },
    GoldenCase("clamp") { clamped($0[0], -0.5...0.8) },
  ]

  static let sums: [GoldenCase] = [
    GoldenCase("sum") { $0[0].sum() },
    GoldenCase("mean") { $0[0].mean() },
    GoldenCase("sum-height-width") { $0[0].summed(to: [2, 3, 1, 1]) },
    GoldenCase("mean-height-width") { $0[0].mean(axes: [2, 3]) },
    GoldenCase("sum-batch-channels") { $0[0].summed(to: [1, 1, 4, 5]) },
  ]

  @Test(arguments: all, layouts)
  func `of each element agree with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: sums, layouts)
  func `that add up agree with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  /// Element-wise tolerances hide small elements beside large ones; these are small ones by themselves.
  @Test func `keep their relative precision far from zero`() {
    let x = Tensor([-80, -60, -20, -1e-4, 1e-4, 20, 60, 80], shape: [8])
    let exact = x.array.map { Double($0) }
    for (value, x) in zip(sigmoid(x).array, exact) {
      #expect(abs(Double(value) * (1 + Foundation.exp(-x)) - 1) < 2e-6, "sigmoid of \(x)")
    }
    for (value, x) in zip(softplus(x).array, exact) {
      #expect(
        abs(Double(value) / Foundation.log1p(Foundation.exp(x)) - 1) < 2e-6, "softplus of \(x)")
    }
    for (value, x) in zip(exp(x).array, exact) {
      #expect(abs(Double(value) / Foundation.exp(x) - 1) < 2e-5, "exponential of \(x)")
    }
  }

  @Test func `pass a straight-through gradient unchanged`() {
    let x = randomTensor("x", [2, 3]).variable
    let value = randomTensor("value", [2, 3])
    let result = straightThrough(x, value: value)
    let upstream = randomTensor("upstream", [2, 3])
    expectClose(result.array, value.array, tolerance: 0)
    let back = gradients(of: result, upstream: upstream, with: [x])
    expectClose(back[0].array, upstream.array, tolerance: 0)
  }
}
