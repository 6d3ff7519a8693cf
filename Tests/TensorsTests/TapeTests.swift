import Tensors
import TestSupport
import Testing

@Suite struct `The tape` {
  @Test func `adds up the gradients of a variable that is used twice`() {
    let x = randomTensor("x", [3, 4]).variable
    let back = gradients(of: (x * x + 3 * x).sum(), with: [x])
    expectClose(back[0].array, (2 * x + 3).array, tolerance: 1e-6)
  }

  @Test func `gives zeros for what a result does not depend on`() {
    let (x, y) = (randomTensor("x", [3, 4]).variable, randomTensor("y", [2]).variable)
    let back = gradients(of: x.sum(), with: [y])
    #expect(back[0].shape == [2])
    #expect(back[0].array == [0, 0])
  }

  @Test func `keeps no history of a detached tensor nor within withoutRecording`() {
    let x = randomTensor("x", [3]).variable
    let results = [(x.detached * 2).sum(), withoutRecording { (x * 2).sum() }]
    for result in results { #expect(gradients(of: result, with: [x])[0].array == [0, 0, 0]) }
    #expect(gradients(of: (x * 2).sum(), with: [x])[0].array == [2, 2, 2])
  }

  @Test func `keeps the gradient of an intermediate result`() {
    let x = randomTensor("x", [2, 3]).variable
    let middle = exp(x)
    let back = gradients(of: (middle * middle).sum(), with: [middle, x])
    expectClose(back[0].array, (2 * middle).array, tolerance: 1e-6)
    expectClose(back[1].array, (2 * middle * middle).array, tolerance: 1e-6)
  }

  @Test func `finds no gradient that nobody asked for`() {
    let (x, weight, bias) = (
      randomTensor("x", [1, 2, 6, 7]).variable, randomTensor("weight", [3, 2, 3, 3]).variable,
      randomTensor("bias", [3]).variable
    )
    func result() -> Tensor { exp(convolved(exp(x), weight: weight, bias: bias)).sum() }
    let output = result()
    let all = traced { gradients(of: output, with: [x, weight, bias]) }
    for (index, variable) in [x, weight, bias].enumerated() {
      let one = traced { gradients(of: output, with: [variable]) }
      #expect(one.result[0].array == all.result[index].array)
      #expect(one.operations.count < all.operations.count)
    }
    // What was left out once is found when it is asked for.
    let again = gradients(of: output, with: [x, weight, bias])
    #expect(again.map(\.array) == all.result.map(\.array))
  }

  @Test(arguments: 1...3) func `differentiates element-wise functions`(seed: Int) {
    let start = [
      randomTensor("a \(seed)", [2, 3, 2, 5]), randomTensor("b \(seed)", [1, 3, 1, 1]),
    ]
    expectGradientsMatch(at: start, seed: seed) { x in
      let (a, b) = (x[0], x[1])
      return sigmoid(a * b) + exp(a) / (b * b + 1) - softplus(a - b) * log(a + 2)
    }
    expectGradientsMatch(at: start, seed: seed) { x in
      power(x[0] * x[0] + 1, 1.5).mean(axes: [0, 2]) - x[1] + x[0].mean()
    }
  }

  /// A gradient penalty needs this: the gradient of a gradient's length.
  @Test(arguments: 1...3) func `differentiates gradients`(seed: Int) {
    let start = [randomTensor("a \(seed)", [2, 3, 4]), randomTensor("b \(seed)", [3, 1])]
    expectGradientsMatch(at: start, seed: seed) { x in
      let result = (sigmoid(x[0] * x[1]) * exp(x[0])).sum()
      let back = gradients(of: result, with: x, recording: true)
      return (back[0] * back[0]).sum() + (back[1] * back[1]).sum()
    }
  }
}
