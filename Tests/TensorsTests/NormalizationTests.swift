import Tensors
import TestSupport
import Testing

@Suite struct `Normalizations` {
  static let all: [GoldenCase] = [
    GoldenCase("batch-norm") {
      batchNormalized($0[0], .batch { _, _ in }, scale: $0[1], shift: $0[2])
    },
    GoldenCase("batch-norm-flat") {
      batchNormalized($0[0], .batch { _, _ in }, scale: $0[1], shift: $0[2], epsilon: 1e-3)
    },
    GoldenCase("batch-norm-fixed") {
      batchNormalized(
        $0[0], .fixed(mean: $0[3].detached, variance: $0[4].detached), scale: $0[1], shift: $0[2])
    },
    GoldenCase("group-norm") {
      groupNormalized($0[0], groups: 3, scale: $0[1], shift: $0[2])
    },
    GoldenCase("instance-norm") { groupNormalized($0[0], groups: 19) },
    GoldenCase("adaptive-norm") {
      groupNormalized($0[0], groups: 19, scale: $0[1], shift: $0[2])
    },
  ]

  @Test(arguments: all, layouts)
  func `agree with PyTorch, also twice differentiated`(
    _ golden: GoldenCase, layout: Tensor.Layout
  ) throws {
    try golden.expect(tolerance: 4e-6, layout: layout)
  }

  @Test func `of runs agree with PyTorch, also twice differentiated`() throws {
    let golden = GoldenCase("layer-norm") {
      layerNormalized($0[0], scale: $0[1], shift: $0[2])
    }
    try golden.expect(tolerance: 4e-6, layout: .plain)
    let lengths = GoldenCase("scale-rows") { scaled($0[0], toLengths: $0[1]) }
    try lengths.expect(tolerance: 4e-6, layout: .plain)
  }

  @Test(arguments: layouts)
  func `keep the layout, back too`(layout: Tensor.Layout) {
    let x = randomTensor("x", [2, 19, 3, 4]).variable
    let given = layout == .blocked ? x.blocked : x
    #expect(groupNormalized(given, groups: 19).layout == layout)
    #expect(batchNormalized(given, .batch { _, _ in }).layout == layout)
  }

  /// Statistics are found about the first pixel, so that a large mean takes nothing from them.
  @Test(arguments: layouts)
  func `are exact beside a large mean`(layout: Tensor.Layout) {
    let near = randomTensor("x", [2, 17, 23, 29])
    let exact = Tensor(near.array.map { ($0 * 1024).rounded() / 1024 }, shape: near.shape)
    let far = exact + 1000
    let (a, b) = layout == .blocked ? (exact.blocked, far.blocked) : (exact, far)
    expectClose(
      groupNormalized(b, groups: 17).array, groupNormalized(a, groups: 17).array, tolerance: 5e-4)
    var variances: [[Float]] = []
    for x in [a, b] { _ = batchNormalized(x, .batch { variances.append($1) }) }
    expectClose(variances[1], variances[0], tolerance: 1e-6)
  }

  /// A trace knows them as the operations they are made of.
  @Test func `agree with their trace`() {
    let x = randomTensor("x", [2, 6, 5])
    let (scale, shift) = (randomTensor("scale", [6]), randomTensor("shift", [2, 6]))
    let own = groupNormalized(x, groups: 2, scale: scale, shift: shift)
    let trace = traced {
      groupNormalized(x, groups: 2, scale: scale, shift: shift)
    }
    expectClose(trace.result.array, own.array, tolerance: 2e-6)
    #expect(trace.operations.allSatisfy { $0.operation != nil })
  }
}
