internal import Tensors

// What networks put between their layers.

extension OperatorCall {
  func activation(_ x: Tensor) throws(ONNXError) -> GraphValue? {
    switch name {
    case "Relu": return .numbers(relu(x))
    case "Sigmoid": return .numbers(sigmoid(x))
    case "Tanh": return .numbers(tanh(x))
    case "Softplus": return .numbers(softplus(x))
    case "Softsign": return .numbers(x / (abs(x) + 1))
    case "LeakyRelu": return .numbers(leakyReLU(x, slope: float("alpha", 0.01)))
    case "Elu": return .numbers(elu(x, alpha: float("alpha", 1)))
    case "Celu":
      let alpha = float("alpha", 1)
      return .numbers(relu(x) - relu(-alpha * elu(x / alpha) * (x .< 0)))
    case "Selu":
      let alpha = float("alpha", 1.673_263_2)
      return .numbers(float("gamma", 1.050_701) * elu(x, alpha: alpha))
    case "ThresholdedRelu": return .numbers(x * (x .> float("alpha", 1)))
    case "HardSigmoid":
      return .numbers(clamped(float("alpha", 0.2) * x + float("beta", 0.5), 0...1))
    case "HardSwish": return .numbers(hardSwish(x))
    case "Mish": return .numbers(mish(x))
    case "Swish": return .numbers(x * sigmoid(float("alpha", 1) * x))
    case "Gelu": return .numbers(text("approximate", "none") == "tanh" ? geluByTanh(x) : gelu(x))
    case "Clip": return try clipped(x)
    case "Shrink":
      let (bias, limit) = (float("bias", 0), float("lambd", 0.5))
      return try value(0).with((x - bias) * (x .> limit) + (x + bias) * (x .< -limit))
    case "Softmax": return .numbers(try alongAxis { softmax($0, axis: $1) })
    case "LogSoftmax": return .numbers(try alongAxis { logSoftmax($0, axis: $1) })
    case "Hardmax":
      return .numbers(
        try alongAxis { x, axis in
          let first = x.argmax(axis: axis)
          return Tensor(repeating: 1, shape: first.shape)
            .scattered(to: first, axis: axis, shape: x.shape)
        })
    default: return nil
    }
  }

  private func clipped(_ x: Tensor) throws(ONNXError) -> GraphValue {
    let low = optional(1)?.tensor ?? .single(float("min", -.infinity))
    let high = optional(2)?.tensor ?? .single(float("max", .infinity))
    guard low.count == 1, high.count == 1 else { throw unsupported("more than one bound") }
    return try value(0).with(minimum(maximum(x, low.reshaped([])), high.reshaped([])))
  }

  private func alongAxis(_ function: (Tensor, Int) -> Tensor) throws(ONNXError) -> Tensor {
    let x = try tensor(0)
    guard version < 13 else {
      return function(x, try axis(integer("axis", -1), rank: x.shape.count))
    }
    // Older versions flatten all axes from the given one on.
    let axis = try axis(integer("axis", 1), rank: x.shape.count)
    let rows = x.shape[..<axis].reduce(1, *)
    return function(x.reshaped([rows, x.count / rows]), 1).reshaped(x.shape)
  }
}
