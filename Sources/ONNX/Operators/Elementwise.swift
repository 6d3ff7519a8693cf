internal import Foundation
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
    case "Atan": return .numbers(atan2(x, .single(1)))
    case "Asin": return .numbers(x.transformed(Foundation.asin))
    case "Acos": return .numbers(x.transformed(Foundation.acos))
    case "Sinh": return .numbers(x.transformed(Foundation.sinh))
    case "Cosh": return .numbers(x.transformed(Foundation.cosh))
    case "Asinh": return .numbers(x.transformed(Foundation.asinh))
    case "Acosh": return .numbers(x.transformed(Foundation.acosh))
    case "Atanh": return .numbers(x.transformed(Foundation.atanh))
    case "Erf": return .numbers(x.transformed(Foundation.erf))
    case "Reciprocal": return .numbers(.single(1) / x)
    case "Not": return .booleans(1 - x)
    case "IsNaN": return .booleans(1 - (x .== x))
    case "IsInf":
      let (above, below) = (integer("detect_positive", 1), integer("detect_negative", 1))
      return .booleans(Float(above) * (x .== .infinity) + Float(below) * (x .== -.infinity))
    default: return try activation(x)
    }
  }

  // MARK: Pairs

  /// A function of two or more tensors that broadcast, if the operator is one.
  func joining() throws(ONNXError) -> GraphValue? {
    switch name {
    case "Add", "Sum": return try joined { $0 + $1 }
    case "Sub": return try joined { $0 - $1 }
    case "Mul": return try joined { $0 * $1 }
    case "Div": return try joined { $0 / $1 }
    case "Max": return try joined(maximum)
    case "Min": return try joined(minimum)
    case "Mean": return .numbers(try joined { $0 + $1 }.tensor / Float(inputs.count))
    case "Mod":
      guard flag("fmod") else { throw unsupported("a floored remainder of fractions") }
      return try transformedPairs { fmod($0, $1) }
    case "Pow": return try powered()
    case "Greater": return .booleans(try joined { $0 .> $1 }.tensor)
    case "GreaterOrEqual": return .booleans(try joined { $0 .>= $1 }.tensor)
    case "Less": return .booleans(try joined { $0 .< $1 }.tensor)
    case "LessOrEqual": return .booleans(try joined { $0 .<= $1 }.tensor)
    case "Equal": return .booleans(try joined { $0 .== $1 }.tensor)
    case "And": return .booleans(try joined { $0 * $1 }.tensor)
    case "Or": return .booleans(try joined(maximum).tensor)
    case "Xor": return .booleans(1 - (try joined { $0 .== $1 }.tensor))
    case "PRelu":
      let (x, slope) = (try tensor(0), try tensor(1))
      _ = try broadcastShape(x.shape, slope.shape)
      return try value(0).with(relu(x) - slope * relu(-x))
    case "Where":
      let (condition, first, second) = (try tensor(0), try value(1), try value(2))
      let shape = try broadcastShape(
        condition.shape, try broadcastShape(first.shape, second.shape))
      let zeros = Tensor(repeating: 0, shape: shape)
      guard case (.integers, .integers) = (first, second) else {
        return first.with(selected(condition, first.tensor, second.tensor))
      }
      let (a, b) = (first.moved { $0 + zeros }, second.moved { $0 + zeros })
      let chosen = (condition + zeros).integers
      guard case (.integers(let left), .integers(let right)) = (a, b) else { return nil }
      let values = zip(chosen.values, zip(left.values, right.values)).map {
        $0 != 0 ? $1.0 : $1.1
      }
      return .integers(Indices(values, shape: shape))
    default: return nil
    }
  }

  /// All inputs joined from the first to the last.
  private func joined(_ join: (Tensor, Tensor) -> Tensor) throws(ONNXError) -> GraphValue {
    let first = try value(0)
    var result = first.tensor
    for index in inputs.indices.dropFirst() {
      let next = try tensor(index)
      _ = try broadcastShape(result.shape, next.shape)
      result = join(result, next)
    }
    return first.with(result)
  }

  private func transformedPairs(_ function: (Double, Double) -> Double) throws(ONNXError)
    -> GraphValue
  {
    let (x, y) = (try tensor(0), try tensor(1))
    let zeros = Tensor(repeating: 0, shape: try broadcastShape(x.shape, y.shape))
    let pairs = zip((x + zeros).array, (y + zeros).array)
    return try value(0).with(
      Tensor(pairs.map { Float(function(Double($0), Double($1))) }, shape: zeros.shape))
  }

  private func powered() throws(ONNXError) -> GraphValue {
    let (x, exponents) = (try tensor(0), try tensor(1))
    guard exponents.count == 1, exponents.shape.count <= x.shape.count else {
      return try transformedPairs { Foundation.pow($0, $1) }
    }
    switch exponents.array[0] {
    case 2: return try value(0).with(x * x)
    case 3: return try value(0).with(x * x * x)
    case let exponent where x.array.allSatisfy { $0 >= 0 }:
      return try value(0).with(power(x, exponent))
    default: return try transformedPairs { Foundation.pow($0, $1) }
    }
  }
}
