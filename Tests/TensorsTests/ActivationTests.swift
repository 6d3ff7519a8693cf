import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct `Activations` {
  static let all: [GoldenCase] = [
    GoldenCase("function-relu") { relu($0[0]) },
    GoldenCase("function-leaky-relu") { leakyReLU($0[0], slope: 0.2) },
    GoldenCase("function-elu") { elu($0[0], alpha: 0.7) },
    GoldenCase("function-selu") { selu($0[0]) },
    GoldenCase("function-tanh") { tanh($0[0]) },
    GoldenCase("function-sigmoid") { sigmoid($0[0]) },
    GoldenCase("function-softplus") { softplus($0[0]) },
    GoldenCase("function-silu") { silu($0[0]) },
    GoldenCase("function-gelu") { gelu($0[0]) },
    GoldenCase("function-gelu-tanh") { geluByTanh($0[0]) },
    GoldenCase("function-mish") { mish($0[0]) },
    GoldenCase("function-hard-sigmoid") { hardSigmoid($0[0]) },
    GoldenCase("function-hard-swish") { hardSwish($0[0]) },
    GoldenCase("function-absolute") { abs($0[0]) },
    GoldenCase("function-sine") { sin($0[0]) },
    GoldenCase("function-cosine") { cos($0[0]) },
    GoldenCase("function-exp") { exp($0[0]) },
    GoldenCase("function-sqrt") { sqrt($0[0]) },
    GoldenCase("glu") { glu($0[0], axis: 1) },
    GoldenCase("prelu-1") { prelu($0[0], slope: $0[1]) },
    GoldenCase("prelu-9") { prelu($0[0], slope: $0[1]) },
    GoldenCase("snake") { snake($0[0], frequency: $0[1]) },
    GoldenCase("snake-beta") { snake($0[0], frequency: $0[1], magnitude: $0[2]) },
  ]

  @Test(arguments: all, layouts)
  func `agree with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 2e-6, layout: layout)
  }

  @Test func `stay in blocks`() {
    let x = randomTensor("x", [2, 9, 3, 4]).blocked
    #expect(gelu(x).layout == .blocked)
    #expect(prelu(x, slope: Tensor(repeating: 0.1, shape: [9])).layout == .blocked)
    #expect(snake(x, frequency: Tensor(repeating: 2, shape: [9])).layout == .blocked)
  }

  /// The vector code cuts small arguments only; the C library takes over beyond.
  @Test func `know the sine of large numbers`() {
    let x = Tensor([8191, 8193, -20_000, 1e6, -3e7], shape: [5])
    for (value, x) in zip(sin(x).array, x.array) {
      #expect(abs(Double(value) - Foundation.sin(Double(x))) < 1e-6, "sine of \(x)")
    }
    for (value, x) in zip(cos(x).array, x.array) {
      #expect(abs(Double(value) - Foundation.cos(Double(x))) < 1e-6, "cosine of \(x)")
    }
  }

  @Test func `round without a gradient`() {
    let x = Tensor([-1.5, -0.5, 0.5, 1.2, 2.5], shape: [5]).variable
    #expect(floor(x).array == [-2, -1, 0, 1, 2])
    #expect(round(x).array == [-2, 0, 0, 1, 2])
    #expect(gradients(of: (floor(x) + round(x)).sum(), with: [x])[0].array == [0, 0, 0, 0, 0])
  }
}
