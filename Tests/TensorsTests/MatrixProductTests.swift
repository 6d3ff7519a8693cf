import Tensors
import TestSupport
import Testing

@Suite struct `Matrix products` {
  private static func golden(_ name: String, left: Bool, right: Bool) -> GoldenCase {
    GoldenCase(name) {
      matmul($0[0], $0[1], transposingLeft: left, transposingRight: right)
    }
  }

  static let all: [GoldenCase] =
    ["matmul", "matmul-batch"].flatMap { name in
      [
        golden(name, left: false, right: false), golden(name + "-left", left: true, right: false),
        golden(name + "-right", left: false, right: true),
        golden(name + "-both", left: true, right: true),
      ]
    } + [
      golden("matmul-divided", left: false, right: false),
      golden("matmul-divided-wide", left: true, right: true),
      GoldenCase("linear") { linear($0[0], weight: $0[1], bias: $0[2]) },
    ]

  @Test(arguments: all) func `agree with PyTorch`(_ golden: GoldenCase) throws {
    try golden.expect(tolerance: 2e-6, layout: .plain)
  }

  @Test(arguments: 1...3) func `have the gradients of their differences`(seed: Int) {
    let start = [randomTensor("a \(seed)", [2, 3, 5]), randomTensor("b \(seed)", [5, 4])]
    expectGradientsMatch(at: start, seed: seed) { matmul($0[0], $0[1]) }
  }
}
