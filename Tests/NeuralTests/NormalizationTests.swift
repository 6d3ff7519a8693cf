import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Normalization layers` {
  private func expectGolden<Layer: Module>(
    _ name: String, _ layer: Layer, _ operation: (Layer, [Tensor]) -> Tensor
  ) throws {
    let mode = name.hasSuffix("training") ? BatchNorm.Mode.batch : .running
    try BatchNorm.Mode.$current.withValue(mode) {
      TestSupport.expectGolden(
        try Fixture(name, in: .module), of: layer, tolerance: 3e-6
      ) { operation(layer, $0) }
    }
  }

  @Test(arguments: ["training", "evaluation"])
  func `of batches agree with PyTorch`(mode: String) throws {
    let norm = BatchNorm(5, epsilon: 1e-3, momentum: 0.3)
    try expectGolden("batch-norm-\(mode)", norm) { $0($1[0]) }
    try expectGolden("batch-norm-1d-\(mode)", BatchNorm(5)) { $0($1[0]) }
    let conditional = ConditionalNorm(5, condition: 3)
    try expectGolden("conditional-norm-\(mode)", conditional) { $0($1[0], condition: $1[1]) }
  }

  @Test func `of items agree with PyTorch`() throws {
    try expectGolden("group-norm", GroupNorm(groups: 3, channels: 6)) { $0($1[0]) }
    try expectGolden("instance-norm", InstanceNorm(5)) { $0($1[0]) }
    try expectGolden("instance-norm-affine", InstanceNorm(5, affine: true)) { $0($1[0]) }
  }

  @Test func `of places agree with PyTorch`() throws {
    try expectGolden("layer-norm", LayerNorm(3, 5)) { $0($1[0]) }
    try expectGolden("channel-layer-norm", ChannelLayerNorm(5)) { $0($1[0]) }
    try expectGolden("rms-norm", RMSNorm(7)) { $0($1[0]) }
  }

  @Test func `give a place the length of its channels' root`() {
    let y = PixelNorm()(randomTensor("x", [2, 5, 3])).array
    for item in 0..<2 {
      for place in 0..<3 {
        let squares = (0..<5).map { y[(item * 5 + $0) * 3 + place] }.map { $0 * $0 }
        #expect(abs(squares.reduce(0, +) / 5 - 1) < 1e-5)
      }
    }
  }

  @Test func `have the gradients of their differences`() {
    let conditional = ConditionalNorm(4, condition: 3)
    BatchNorm.Mode.$current.withValue(.batch) {
      expectGradientsMatch(of: conditional, inputs: [[3, 4, 5], [3, 3]], seed: 1) {
        conditional($0[0], condition: $0[1])
      }
    }
    expectGradientsMatch(at: [randomTensor("x", [2, 5, 3])]) { PixelNorm()($0[0]) }
    let shapes = [[2, 4, 5], [2, 4], [2, 4]]
    expectGradientsMatch(at: shapes.map { randomTensor("x \($0)", $0) }) {
      AdaptiveInstanceNorm()($0[0], scale: $0[1], shift: $0[2])
    }
  }
}
