import Tensors
import TestSupport
import Testing

/// Operations whose pullbacks are fused, and which a gradient that is differentiated in turn runs
/// again in others.
@Suite struct `Second derivatives of fused operations` {
  /// The steps over a sequence of a layer whose weights are inputs, as the oracle's are.
  private static func lstm(_ x: [Tensor], reversed: Bool, cut: Int? = nil) -> Tensor {
    let given = linear(x[0], weight: x[1], bias: x[3] + x[4])
    var (hidden, cell) = (x[5], x[6])
    var parts: [Tensor] = []
    for steps in pieces(of: given, cut: cut) {
      let (states, last) = lstmSteps(
        steps, weight: x[2], hidden: hidden, cell: cell, reversed: reversed)
      parts.append(states)
      hidden = states.sliced(steps.shape[1] - 1..<steps.shape[1], axis: 1).reshaped(hidden.shape)
      cell = last
    }
    return flat([concatenated(parts, axis: 1), cell])
  }

  private static func gru(_ x: [Tensor], reversed: Bool, cut: Int? = nil) -> Tensor {
    let given = linear(x[0], weight: x[1], bias: x[3])
    var hidden = x[5]
    var parts: [Tensor] = []
    for steps in pieces(of: given, cut: cut) {
      let states = gruSteps(steps, weight: x[2], bias: x[4], hidden: hidden, reversed: reversed)
      parts.append(states)
      hidden = states.sliced(steps.shape[1] - 1..<steps.shape[1], axis: 1).reshaped(hidden.shape)
    }
    return flat([concatenated(parts, axis: 1)])
  }

  private static func pieces(of given: Tensor, cut: Int?) -> [Tensor] {
    cut.map { given.split([$0, given.shape[1] - $0], axis: 1) } ?? [given]
  }

  private static func flat(_ tensors: [Tensor]) -> Tensor {
    concatenated(tensors.map { $0.reshaped([$0.count]) }, axis: 0)
  }

  static let recurrent: [GoldenCase] = [
    GoldenCase("lstm-steps") { lstm($0, reversed: false) },
    GoldenCase("lstm-steps-reversed") { lstm($0, reversed: true) },
    GoldenCase("gru-steps") { gru($0, reversed: false) },
    GoldenCase("gru-steps-reversed") { gru($0, reversed: true) },
    // The state that the second piece is given was made with the weight that it is given.
    GoldenCase("lstm-steps") { lstm($0, reversed: false, cut: 1) },
    GoldenCase("gru-steps") { gru($0, reversed: false, cut: 3) },
  ]

  static let attending: [GoldenCase] = [
    GoldenCase("attention") { attention($0[0], $0[1], $0[2], heads: 2, bias: $0[3]) },
    GoldenCase("attention-of-one") { attention($0[0], $0[0], $0[0], heads: 3) },
    GoldenCase("attention-joint") {
      let hidden = (0..<25).map { $0 % 5 > $0 / 5 ? -Float.infinity : 0 }
      return selfAttention($0[0], heads: 2, bias: Tensor(hidden, shape: [5, 5]))
    },
  ]

  @Test(arguments: recurrent + attending)
  func `agree with PyTorch`(_ golden: GoldenCase) throws {
    try golden.expect(tolerance: 4e-6, layout: .plain)
  }

  @Test func `of a dense block agree with PyTorch`() throws {
    let known = try Fixture("dense-block-fixed-statistics", in: .module)
    func block(_ x: [Tensor], isFixed: Bool) -> Tensor {
      let layers = (0..<2).map { index in
        let own = x[(2 + 4 * index)...].prefix(4).map { $0 }
        let statistics: NormalizationStatistics =
          isFixed
          ? .fixed(mean: known["mean.\(index)"].tensor, variance: known["variance.\(index)"].tensor)
          : .batch { _, _ in }
        return DenseLayer(
          gamma: own[0], beta: own[1], statistics: statistics, weight: own[2], bias: own[3])
      }
      return denseBlock(Array(x[..<2]), layers: layers, output: isFixed ? .all : .new)
    }
    expectGolden(try Fixture("dense-block-batch", in: .module), tolerance: 5e-6) {
      block($0, isFixed: false)
    }
    expectGolden(try Fixture("dense-block-fixed", in: .module), tolerance: 5e-6) {
      block($0, isFixed: true)
    }
  }

  @Test func `tell the statistics of a batch once`() {
    let x = randomTensor("x", [2, 3, 4, 4]).variable
    var told = 0
    let layer = DenseLayer(
      gamma: randomTensor("gamma", [3]), beta: randomTensor("beta", [3]),
      statistics: .batch { _, _ in told += 1 }, weight: randomTensor("weight", [2, 3, 3, 3]),
      bias: randomTensor("bias", [2]))
    let output = normalizedConvolution(x, layer: layer)
    _ = gradients(of: (output * output).sum(), with: [x], recording: true)
    #expect(told == 1)
  }

  /// What a part is given may be made from one another, or be one tensor twice.
  @Test func `of a part that is computed again count each of its inputs by itself`() {
    let start = randomTensor("x", [2, 3])
    func penalty(_ pass: @escaping ([Tensor]) -> Tensor, again: Bool) -> [Float] {
      let x = start.variable
      let inputs = [exp(x), x, x]
      let output = again ? recomputed(inputs, parameters: [], pass) : pass(inputs)
      let slope = gradients(of: output.sum(), with: [x], recording: true)[0]
      return gradients(of: (slope * slope).sum(), with: [x])[0].array
    }
    let pass: ([Tensor]) -> Tensor = { sigmoid($0[0] * $0[1]) * $0[2] }
    expectClose(
      penalty(pass, again: true), penalty(pass, again: false), tolerance: 1e-6)
  }
}
