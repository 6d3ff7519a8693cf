internal import Tensors

/// A weight as lengths times directions.
struct WeightNorm: Module {
  private let length, direction: Parameter
  private let names: Reparametrization.Names
  private let isOfFirstAxis: Bool

  /// - Parameters:
  ///   - direction: The weight before its length is changed.
  ///   - axis: Each of its indices has a length of its own.
  init(_ direction: Parameter, axis: Int, _ names: Reparametrization.Names) {
    var shape = [Int](repeating: 1, count: direction.shape.count)
    shape[axis] = direction.shape[axis]
    let elements = direction.shape.reduce(1, *) / shape[axis]
    length = Parameter(
      shape, .constant(direction.initial.deviation * Float(elements).squareRoot()))
    self.direction = direction
    self.names = names
    isOfFirstAxis = axis == 0
  }

  func callAsFunction() -> Tensor {
    let v = direction.value
    if isOfFirstAxis { return scaled(v, toLengths: length.value) }
    return v * (length.value * power((v * v).summed(to: length.shape), -0.5))
  }

  func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)] {
    switch names {
    case .suffixes: [("\(name)_g", length), ("\(name)_v", direction)]
    case .parametrizations:
      [
        ("parametrizations.\(name).original0", length),
        ("parametrizations.\(name).original1", direction),
      ]
    }
  }
}

extension Parameter.Initial {
  /// The root mean square of the values.
  fileprivate var deviation: Float {
    switch self {
    case .constant(let value): abs(value)
    case .normal(let deviation): deviation
    case .uniform(let bound): bound / Float(3).squareRoot()
    }
  }
}
