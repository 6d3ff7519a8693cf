import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `A learner` {
  private func learner(_ layer: Linear, clipping: Float) -> Learner {
    layer.initialize(seed: 1)
    return Learner(
      layer, GradientDescent(), rate: 0.5, schedule: .warmUp(over: 4), clipping: clipping)
  }

  @Test func `moves along the clipped gradient at the scheduled rate`() throws {
    let layer = Linear(2, 1, bias: false)
    let learner = learner(layer, clipping: 2.5)
    var expected = layer.trained[0].value.array
    for step in 1...3 {
      let norm = try learner.follow([Tensor([3, -4], shape: [1, 2])])
      #expect(norm == 5)
      let rate = 0.5 * Float(step) / 4
      expected = zip(expected, [1.5, -2]).map { $0 - rate * $1 }
      expectClose(layer.trained[0].value.array, expected, tolerance: 1e-6, "step \(step)")
    }
  }

  @Test func `averages weights, at first faster`() throws {
    let (layer, average) = (Linear(1, 1, bias: false), Linear(1, 1, bias: false))
    for each in [layer, average] { each.initialize(seed: 1) }
    let learner = Learner(
      layer, GradientDescent(), rate: 0.1, average: average, averaging: 0.5)
    var expected = layer.trained[0].value.array[0]
    for step in 0..<20 {
      try learner.follow([Tensor([step % 3 == 0 ? 1 : -2], shape: [1, 1])])
      let share = min(0.5, Float(1 + step) / Float(10 + step))
      expected = share * expected + (1 - share) * layer.trained[0].value.array[0]
      expectClose(
        average.trained[0].value.array, [expected], tolerance: 1e-5, "after step \(step)")
    }
  }

  @Test(arguments: [Float.nan, .infinity])
  func `goes nowhere along what is not finite`(value: Float) {
    let layer = Linear(2, 1, bias: false)
    let learner = learner(layer, clipping: .infinity)
    let before = layer.trained[0].value.array
    #expect(throws: DivergedStep.self) {
      try learner.follow([Tensor([1, value], shape: [1, 2])])
    }
    #expect(throws: DivergedStep.self) {
      try learner.minimize(layer.trained[0].value.sum() * value)
    }
    #expect(layer.trained[0].value.array == before)
    #expect(learner.optimizer.count == 0)
  }
}
