import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Attention` {
  private func expect<Layer: Module>(
    _ name: String, _ layer: Layer, _ operation: (Layer, [Tensor]) -> Tensor
  ) throws {
    expectGolden(try Fixture(name, in: .module), of: layer, tolerance: 5e-6) {
      operation(layer, $0)
    }
  }

  @Test func `of several heads agrees with PyTorch`() throws {
    try expect("attention", MultiHeadAttention(6, heads: 2)) { $0($1[0]) }
    try expect("attention-causal", MultiHeadAttention(6, heads: 2)) {
      $0($1[0], mask: AttentionMask.causal(5))
    }
    try expect("attention-lengths", MultiHeadAttention(6, heads: 2)) {
      $0($1[0], mask: AttentionMask.lengths([5, 3], places: 5))
    }
    try expect("attention-crossed", MultiHeadAttention(6, heads: 2)) {
      $0($1[0], key: $1[1], value: $1[2])
    }
  }

  @Test func `to itself is attention to the same sequence`() throws {
    try expect("attention", MultiHeadAttention(6, heads: 2)) {
      $0($1[0], key: $1[0], value: $1[0])
    }
  }

  @Test func `in a transformer's layer agrees with PyTorch`() throws {
    try expect("transformer-layer", TransformerEncoderLayer(6, heads: 2, inner: 11)) { $0($1[0]) }
    let first = TransformerEncoderLayer(6, heads: 2, inner: 11, normalizesFirst: true)
    try expect("transformer-layer-first", first) { $0($1[0]) }
  }

  @Test func `with distances agrees with PyTorch`() throws {
    try expect("attention-gated", GatedRelativeAttention(6, heads: 2)) {
      $0($1[0], positions: $1[1])
    }
    for (name, span) in [("", RelativeAttention.Span.both), ("-legacy", .legacy)] {
      let layer = RelativeAttention(6, heads: 2, span: span)
      try expect("attention-relative\(name)", layer) { $0($1[0], positions: $1[1]) }
      let encodings = try Fixture("attention-relative\(name)", in: .module).inputs[1]
      expectClose(
        RelativeAttention.distances(5, width: 6, span: span).array, encodings.values,
        tolerance: 1e-6)
    }
  }

  /// Distances below half of a side's buckets have one each; from the farthest on all share the last.
  @Test func `knows near distances better than far ones`() {
    let positions = RelativePositionBuckets(heads: 1, buckets: 16, farthest: 20)
    let numbers = Tensor((0..<16).map { Float($0) }, shape: [16, 1])
    positions.relative_attention_bias.weight.value = numbers
    let values = positions(queries: 2, keys: 30).array
    #expect(Array(values[..<8]) == [0, 9, 10, 11, 12, 12, 13, 13])
    #expect(Array(values[30..<36]) == [1, 0, 9, 10, 11, 12])
    #expect(values[20..<30].allSatisfy { $0 == 15 })
  }

  @Test func `has the gradients of its differences`() {
    let layer = TransformerEncoderLayer(6, heads: 3, inner: 5)
    expectGradientsMatch(of: layer, inputs: [[2, 4, 6]], seed: 1) { layer($0[0]) }
    let shapes = [[1, 3, 4], [1, 5, 4], [1, 5, 4], [2, 1, 5]]
    expectGradientsMatch(at: shapes.enumerated().map { randomTensor("\($0)", $1) }) {
      attention($0[0], $0[1], $0[2], heads: 2, bias: $0[3])
    }
  }

  @Test func `agrees with its trace`() {
    let layer = MultiHeadAttention(6, heads: 2)
    layer.initialize(seed: 1)
    let x = randomTensor("x", [2, 5, 6])
    let trace = traced { layer(x, mask: AttentionMask.causal(5)) }
    expectClose(trace.result.array, layer(x, mask: AttentionMask.causal(5)).array, tolerance: 2e-6)
    #expect(trace.operations.allSatisfy { $0.operation != nil })
  }
}
