import Tensors
import TestSupport
import Testing

@Suite struct `Reductions` {
  static let all: [GoldenCase] = [
    GoldenCase("sum-1-3") { ($0[0] * $0[0]).sum(axes: [1, 3], keepDims: false) },
    GoldenCase("mean-0-2") { ($0[0] * $0[0]).mean(axes: [0, 2]) },
    GoldenCase("variance") { $0[0].variance(axes: [1, 3], keepDims: false) },
    GoldenCase("variance-biased") { $0[0].variance(axes: [0], correction: 0) },
    GoldenCase("max-2") { ($0[0] * $0[0]).max(axis: 2, keepDims: false) },
    GoldenCase("min-1") { ($0[0] * $0[0]).min(axis: 1) },
    GoldenCase("max-of-ties") { $0[0].max(axis: 1) },
    GoldenCase("min-of-ties") { $0[0].min(axis: 1) },
    GoldenCase("norm") { $0[0].norm(axes: [1, 2], keepDims: false) },
    GoldenCase("cumulative-sum") { ($0[0] * $0[0]).cumulativeSum(axis: 2) },
  ]

  static let rows: [GoldenCase] =
    [1, 2].flatMap { axis in
      [
        GoldenCase("softmax-\(axis)") { softmax($0[0], axis: axis) },
        GoldenCase("log-softmax-\(axis)") { logSoftmax($0[0], axis: axis) },
      ]
    } + [
      GoldenCase("log-sum-exp") { (5 * $0[0]).logSumExp(axes: [1, 3]) },
      GoldenCase("standardize") { $0[0].standardized(lastAxes: 2, epsilon: 1e-5) },
      GoldenCase("standardize-uncentred") {
        $0[0].standardized(lastAxes: 1, epsilon: 1e-6, centred: false)
      },
    ]

  @Test(arguments: all, layouts)
  func `agree with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: rows, layouts)
  func `along rows agree with PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 5e-6, layout: layout)
  }

  @Test func `find the first of equal extremes`() {
    let x = Tensor([1, 3, 3, 2, 0, 0, -1, -1], shape: [2, 4])
    #expect(x.argmax(axis: 1) == Indices([1, 0], shape: [2, 1]))
    #expect(x.argmin(axis: 1) == Indices([0, 2], shape: [2, 1]))
    #expect(x.argmax(axis: 0) == Indices([0, 0, 0, 0], shape: [1, 4]))
  }

  @Test func `give a length of 0 the gradient 0`() {
    let x = Tensor([0, 0, 3, 4], shape: [2, 2]).variable
    let length = x.norm(axes: [1])
    #expect(length.array == [0, 5])
    expectClose(
      gradients(of: length.sum(), with: [x])[0].array, [0, 0, 0.6, 0.8], tolerance: 1e-6)
  }

  /// Single precision alone would be 1e-4 away.
  @Test func `lose nothing in long sums`() {
    let x = Tensor(repeating: 0.1, shape: [100_000, 3])
    let exact = Float(100_000 * Double(Float(0.1)))
    expectClose(x.summed(to: [3]).array, [exact, exact, exact], tolerance: 3e-7)
    expectClose(x.summed(to: [100_000, 1]).sum(axes: [0]).array, [3 * exact], tolerance: 3e-7)
  }

  @Test func `give masked elements no weight`() {
    let masked = Tensor([1, -.infinity, 2, -.infinity], shape: [1, 4])
    let weights = softmax(masked, axis: 1).array
    #expect(weights[1] == 0 && weights[3] == 0)
    expectClose(weights, [0.268_941_4, 0, 0.731_058_6, 0], tolerance: 1e-6)
  }
}
