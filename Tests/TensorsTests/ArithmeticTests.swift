import Tensors
import TestSupport
import Testing

@Suite struct `Arithmetic` {
  static let pairs: [GoldenCase] = ["", "-channels", "-pixels"].flatMap { shape in
    [
      GoldenCase("add" + shape) { $0[0] + $0[1] },
      GoldenCase("subtract" + shape) { $0[0] - $0[1] },
      GoldenCase("multiply" + shape) { $0[0] * $0[1] },
      GoldenCase("divide" + shape) { $0[0] / $0[1] },
    ]
  }

  static let scalars: [GoldenCase] = [
    GoldenCase("add-scalar") { $0[0] + 0.7 },
    GoldenCase("subtract-scalar") { $0[0] - 0.7 },
    GoldenCase("multiply-scalar") { $0[0] * 0.7 },
    GoldenCase("divide-scalar") { $0[0] / 0.7 },
    GoldenCase("subtract-scalar-left") { 0.7 - $0[0] },
    GoldenCase("multiply-scalar-left") { 0.7 * $0[0] },
    GoldenCase("add-scalar-left") { Tensor([0.7], shape: []) + $0[0] },
    GoldenCase("divide-scalar-left") { Tensor([0.7], shape: []) / $0[0] },
  ]

  @Test(arguments: pairs, layouts)
  func `of two tensors agrees with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: scalars, layouts)
  func `with a number agrees with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test func `of a blocked and a plain tensor is that of two plain ones`() {
    let (a, b) = (randomTensor("a", [2, 11, 3, 4]), randomTensor("b", [2, 11, 3, 4]))
    expectClose((a.blocked - b).array, (a - b).array, tolerance: 0)
    expectClose((a - b.blocked).array, (a - b).array, tolerance: 0)
    expectClose((a.blocked / b).array, (a / b).array, tolerance: 0)
  }
}
