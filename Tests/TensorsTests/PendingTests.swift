import Kernels
import TestSupport
import Tensors
import Testing

/// What is computed without recording is put off until it is read; it must be the same.
@Suite struct `A result that is put off` {
  private struct Parts {
    let x = randomTensor("x", [2, 19, 9, 11])
    let weight = randomTensor("weight", [35, 19, 3, 3])
    let bias = randomTensor("bias", [35])
    let slope = randomTensor("slope", [35])
    let other = randomTensor("other", [2, 35, 9, 11])

    func convolution() -> Tensor {
      convolved(x, weight: weight, bias: bias, .init(padding: 1))
    }
  }

  static let cases: [(name: String, run: @Sendable () -> Tensor)] = [
    ("a function of a convolution", { relu(Parts().convolution()) }),
    ("two functions", { tanh(elu(Parts().convolution(), alpha: 0.7)) }),
    (
      "a sum with a plain tensor",
      {
        let parts = Parts()
        return relu(parts.convolution() + parts.other)
      }
    ),
    (
      "a sum of two convolutions and slopes",
      {
        let parts = Parts()
        return prelu(parts.convolution() + relu(parts.convolution()), slope: parts.slope)
      }
    ),
    (
      "a result that is used before and after a step",
      {
        let y = Parts().convolution()
        let z = sigmoid(y)
        return relu(z + y) + z
      }
    ),
    (
      "steps on plain elements",
      {
        let parts = Parts()
        return tanh(relu(parts.other) + parts.other)
      }
    ),
    ("one slope for all channels", { prelu(Parts().x, slope: Tensor([0.3], shape: [1])) }),
    ("a tensor without channels", { relu(tanh(randomTensor("x", [7]))) + randomTensor("y", [7]) }),
  ]

  @Test(arguments: 0..<8) func `is what it is when made at once`(index: Int) {
    let (name, run) = Self.cases[index]
    let now = run()
    let later = withoutRecording(run)
    #expect(later.shape == now.shape)
    expectClose(later.array, now.array, tolerance: 1e-6, name)
  }

  @Test func `serves what is made of it while it is held`() {
    func both() -> (Tensor, Tensor) {
      let held = sigmoid(Parts().convolution())
      return (tanh(held), held)
    }
    let (now, later) = (both(), withoutRecording(both))
    expectClose(later.0.array, now.0.array, tolerance: 1e-6, "after a further step")
    expectClose(later.1.array, now.1.array, tolerance: 1e-6, "held")
  }

  @Test func `is made before what it was made of may change`() {
    let x = Tensor([-1, 2, -3, 4], shape: [4])
    let y = withoutRecording { relu(x) }
    x.buffer.accumulate(x.buffer.copied, scale: 1)
    #expect(y.array == [0, 2, 0, 4])
  }
}
