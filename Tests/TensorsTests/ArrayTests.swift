import Tensors
import TestSupport
import Testing

@Suite struct `Arrays` {
  static let order: [GoldenCase] = [
    GoldenCase("permute") { ($0[0] * $0[0]).permuted([2, 0, 3, 1]) },
    GoldenCase("transpose-large") { 2 * $0[0].transposed(0, 1) },
    GoldenCase("flip") { $0[0].flipped(axes: [0, 2]) },
    GoldenCase("roll") { $0[0].rolled(2, axis: 1) },
    GoldenCase("stack") { stacked($0, axis: 1) },
    GoldenCase("split") { concatenated($0[0].split([2, 1, 3], axis: 1).reversed(), axis: 1) },
  ]

  private static let index = Indices([3, 0, 1, 1, 2, 3], shape: [1, 3, 2])

  static let indices: [GoldenCase] = [
    GoldenCase("gather") { ($0[0] * $0[0]).gathered(index, axis: 1) },
    GoldenCase("scatter-add") {
      ($0[0] * $0[0]).scattered(to: index, axis: 1, shape: [2, 4, 3])
    },
    GoldenCase("index-select") { ($0[0] * $0[0]).items([3, 0, 3, 1], axis: 1) },
    GoldenCase("select") { selected($0[0] .> 0, $0[1] * $0[1], $0[2] * $0[2] * $0[2]) },
  ]

  static let pairs: [GoldenCase] = [
    GoldenCase("maximum") { squared(maximum($0[0], $0[1])) },
    GoldenCase("minimum") { squared(minimum($0[0], $0[1])) },
    GoldenCase("atan2") { atan2($0[0], $0[1]) },
    GoldenCase("broadcast") { $0[0] * $0[1] * $0[1] },
    GoldenCase("broadcast-signal") { $0[0] - $0[1] * $0[0] },
    GoldenCase("broadcast-pictures") { $0[0] * $0[0] * $0[1] },
  ]

  @Test(arguments: order + indices, layouts)
  func `are put in order as by PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 3e-7, layout: layout)
  }

  @Test(arguments: pairs, layouts)
  func `are joined as by PyTorch`(_ golden: GoldenCase, layout: Tensor.Layout) throws {
    try golden.expect(tolerance: 1e-6, layout: layout)
  }

  @Test(arguments: 1...3) func `have the adjoint as their gradient`(seed: Int) {
    expectAdjoint([3, 4, 5], seed: seed) { $0.permuted([1, 2, 0]) }
    expectAdjoint([3, 4, 5], seed: seed) { $0.flipped(axes: [1]) }
    expectAdjoint([3, 4, 5], seed: seed) { $0.rolled(-7, axis: 2) }
    expectAdjoint([2, 4, 3], seed: seed) { $0.gathered(Arrays.index, axis: 1) }
    expectAdjoint([4, 2, 3], seed: seed) { $0.items([1, 1, 0], axis: 1) }
    expectAdjoint([4, 2, 3], seed: seed) { $0.cumulativeSum(axis: 0) }
    expectAdjoint([2, 9, 3, 5], seed: seed) { $0.blocked.sum(axes: [0, 3]) }
  }

  @Test func `compare as numbers do`() {
    let (a, b) = (Tensor([1, 2, 3], shape: [3]), Tensor([2, 2, 2], shape: [3]))
    #expect((a .> b).array == [0, 0, 1])
    #expect((a .>= b).array == [0, 1, 1])
    #expect((a .< b).array == [1, 0, 0])
    #expect((a .<= b).array == [1, 1, 0])
    #expect((a .== b).array == [0, 1, 0])
    #expect((a .> 1).array == [0, 1, 1])
  }

  /// Large enough to be divided over threads, in every order of the axes.
  @Test func `keep each element when axes are exchanged`() {
    let shape = [17, 40, 3, 29]
    let x = Tensor((0..<shape.reduce(1, *)).map { Float($0) }, shape: shape)
    for order in [[3, 1, 0, 2], [1, 0, 2, 3], [0, 2, 3, 1], [2, 3, 1, 0]] {
      let moved = x.permuted(order).array
      let strides = [40 * 3 * 29, 3 * 29, 29, 1]
      var wrong = 0
      for (index, value) in moved.enumerated() {
        var (rest, place) = (index, 0)
        for axis in order.reversed() {
          place += rest % shape[axis] * strides[axis]
          rest /= shape[axis]
        }
        if value != Float(place) { wrong += 1 }
      }
      #expect(wrong == 0, "\(order)")
    }
  }
}

private func squared(_ x: Tensor) -> Tensor { x * x }
