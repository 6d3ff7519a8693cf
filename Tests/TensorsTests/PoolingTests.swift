import Tensors
import TestSupport
import Testing

@Suite struct `Pooling` {
  private static let kernel = Extent(height: 3, width: 2)
  private static let stride = Extent(height: 2, width: 3)
  private static let padding = Extent(height: 1, width: 0)
  private static let large = Extent(height: 2, width: 4)
  private static let largePadding = Extent(height: 1, width: 2)

  static let maxima: [GoldenCase] = [
    GoldenCase("max-pool-windows") {
      maxPooled($0[0], kernel: kernel, stride: stride, padding: padding)
    },
    GoldenCase("max-pool-ceil") {
      maxPooled($0[0], kernel: large, padding: largePadding, ceilMode: true)
    },
    GoldenCase("max-pool-overlapping") { maxPooled($0[0], kernel: 3, stride: 1, padding: 1) },
    GoldenCase("max-pool-signal") {
      maxPooled($0[0], kernel: 4, stride: 3, padding: 1, ceilMode: true)
    },
    GoldenCase("adaptive-max-pool") { adaptiveMaxPooled($0[0], to: .init(height: 3, width: 4)) },
    GoldenCase("adaptive-max-pool-signal") { adaptiveMaxPooled($0[0], to: 4) },
  ]

  static let means: [GoldenCase] = [
    GoldenCase("average-pool") {
      averagePooled($0[0], kernel: kernel, stride: stride, padding: padding)
    },
    GoldenCase("average-pool-inside") {
      averagePooled(
        $0[0], kernel: kernel, stride: stride, padding: padding, countsPadding: false)
    },
    GoldenCase("average-pool-ceil") {
      averagePooled($0[0], kernel: large, padding: largePadding, ceilMode: true)
    },
    GoldenCase("average-pool-ceil-inside") {
      averagePooled(
        $0[0], kernel: large, padding: largePadding, ceilMode: true, countsPadding: false)
    },
    GoldenCase("average-pool-signal") {
      averagePooled($0[0], kernel: 4, stride: 3, padding: 2, ceilMode: true)
    },
    GoldenCase("adaptive-average-pool") {
      adaptiveAveragePooled($0[0], to: .init(height: 3, width: 4))
    },
    GoldenCase("adaptive-average-pool-signal") { adaptiveAveragePooled($0[0], to: 4) },
    GoldenCase("adaptive-average-pool-global") { adaptiveAveragePooled($0[0], to: 1) },
  ]

  @Test(arguments: maxima + means, layouts)
  func `agrees with PyTorch to the second derivative`(_ golden: GoldenCase, layout: Tensor.Layout)
    throws
  {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: 1...3) func `of means has the adjoint as its gradient`(seed: Int) {
    expectAdjoint([2, 11, 7, 9], seed: seed) {
      averagePooled($0.blocked, kernel: 3, stride: 2, padding: 1)
    }
    expectAdjoint([2, 3, 13], seed: seed) { adaptiveAveragePooled($0, to: 5) }
  }

  /// Large enough to be divided over the threads, in squares and in other windows.
  @Test(arguments: [2, 3]) func `of many planes is that of each`(kernel: Int) {
    let x = randomTensor("x", [3, 19, 50, 46])
    let (rows, columns) = (50 / kernel, 46 / kernel)
    let pooled = maxPooled(x, kernel: Extent(kernel)).array
    let values = x.array
    var expected: [Float] = []
    for plane in 0..<3 * 19 {
      for index in 0..<rows * columns {
        let start = plane * 2300 + index / columns * kernel * 46 + index % columns * kernel
        let window = (0..<kernel * kernel).map { values[start + $0 / kernel * 46 + $0 % kernel] }
        expected.append(window.max() ?? 0)
      }
    }
    #expect(pooled == expected)
  }

  @Test(arguments: [2, 3]) func `gives ties to the first`(kernel: Int) {
    let x = Tensor(repeating: 1, shape: [1, 1, 2 * kernel, kernel]).variable
    let upstream = Tensor([5, 7], shape: [1, 1, 2, 1])
    let pooled = maxPooled(x, kernel: Extent(kernel))
    var expected = [Float](repeating: 0, count: x.count)
    (expected[0], expected[kernel * kernel]) = (5, 7)
    #expect(gradients(of: pooled, upstream: upstream, with: [x])[0].array == expected)
  }
}
