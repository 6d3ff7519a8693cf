internal import Tensors

// Operators that work on each element, or on pairs of elements.

extension OperatorCall {
  /// A function of one tensor, if the operator is one.
  func elementwise() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    let x = value.tensor
    switch name {
    case "Abs": return value.with(abs(x))
    case "Neg": return value.with(-x)
    case "Sign": return value.with((x .> 0) - (x .< 0))
    case "Floor": return .numbers(floor(x))
    case "Ceil": return .numbers(-floor(-x))
    case "Round": return .numbers(round(x))
    case "Sqrt": return .numbers(sqrt(x))
    case "Exp": return .numbers(exp(x))
    case "Log": return .numbers(log(x))
    case "Sin": return .numbers(sin(x))
    case "Cos": return .numbers(cos(x))
    case "Tan": return .numbers(sin(x) / cos(x))
    case "Atan": return .numbers(atan2(x, Tensor([1], shape: [])))
    case "Reciprocal": return .numbers(Tensor([1], shape: []) / x)
    case "Not": return .booleans(1 - x)
    case "IsNaN": return .booleans(1 - (x .== x))
    default: return try activation(x)
    }
  }

  private func activation(_ x: Tensor) throws(ONNXError) -> GraphValue? {
    switch name {
    case "Relu": return .numbers(relu(x))
    case "Sigmoid": return .numbers(sigmoid(x))
    case "Tanh": return .numbers(tanh(x))
    case "Softplus": return .numbers(softplus(x))
    case "Softsign": return .numbers(x / (abs(x) + 1))
    case "LeakyRelu": return .numbers(leakyReLU(x, slope: float("alpha", 0.01)))
    case "PRelu": return .numbers(relu(x) - (try tensor(1)) * relu(-x))
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
    // gelu(x) = x · (1 + erf(x / √2)) / 2, which says erf everywhere but at 0.
    case "Erf":
      let wide = x * Float(2).squareRoot()
      return .numbers(selected(x .== 0, x, 2 * gelu(wide) / wide - 1))
    case "Clip": return try clipped(x)
    case "Shrink":
      let (bias, limit) = (float("bias", 0), float("lambd", 0.5))
      return .numbers((x - bias) * (x .> limit) + (x + bias) * (x .< -limit))
    default: return nil
    }
  }

  private func clipped(_ x: Tensor) throws(ONNXError) -> GraphValue {
    let low = optional(1)?.tensor ?? Tensor([float("min", -.infinity)], shape: [])
    let high = optional(2)?.tensor ?? Tensor([float("max", .infinity)], shape: [])
    return try value(0).with(minimum(maximum(x, low), high))
  }

  /// A function of two or more tensors that broadcast, if the operator is one.
  func joining() throws(ONNXError) -> GraphValue? {
    switch name {
    case "Add": return try joined { $0 + $1 }
    case "Sub": return try joined { $0 - $1 }
    case "Mul": return try joined { $0 * $1 }
    case "Div":
      if case .integers = try value(0) {
        return try joined { x, y in
          let quotient = x / y
          return ((quotient .> 0) - (quotient .< 0)) * floor(abs(quotient))
        }
      }
      return try joined { $0 / $1 }
    case "Max": return try joined(maximum)
    case "Min": return try joined(minimum)
    case "Sum": return try joined { $0 + $1 }
    case "Mean": return .numbers(try joined { $0 + $1 }.tensor / Float(inputs.count))
    case "Pow": return try powered()
    case "Greater": return .booleans(try joined { $0 .> $1 }.tensor)
    case "GreaterOrEqual": return .booleans(try joined { $0 .>= $1 }.tensor)
    case "Less": return .booleans(try joined { $0 .< $1 }.tensor)
    case "LessOrEqual": return .booleans(try joined { $0 .<= $1 }.tensor)
    case "Equal": return .booleans(try joined { $0 .== $1 }.tensor)
    case "And": return .booleans(try joined { $0 * $1 }.tensor)
    case "Or": return .booleans(try joined(maximum).tensor)
    case "Xor": return .booleans(1 - (try joined { $0 .== $1 }.tensor))
    case "Where":
      return try value(1).with(selected(try tensor(0), try tensor(1), try tensor(2)))
    default: return nil
    }
  }

  /// All inputs joined from the first to the last.
  private func joined(_ join: (Tensor, Tensor) -> Tensor) throws(ONNXError) -> GraphValue {
    let first = try value(0)
    var result = first.tensor
    for index in inputs.indices.dropFirst() { result = join(result, try tensor(index)) }
    return first.with(result)
  }

  /// A power with one exponent for all.
  private func powered() throws(ONNXError) -> GraphValue {
    let exponents = try tensor(1)
    guard exponents.count == 1 else { throw unsupported("more than one exponent") }
    let (x, exponent) = (try tensor(0), exponents.reshaped([]).scalar)
    return try value(0).with(exponent == 2 ? x * x : exponent == 3 ? x * x * x : power(x, exponent))
  }
}
