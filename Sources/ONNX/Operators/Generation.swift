internal import Foundation
internal import Tensors

// Operators that make constants.

extension OperatorCall {
  func generation() throws(ONNXError) -> GraphValue? {
    switch name {
    case "Constant": return try literal()
    case "ConstantOfShape":
      let filling = try constant("value") ?? .numbers(Tensor([0], shape: [1]))
      let target = try integers(0) ?? []
      return filling.reshaped([]).moved { $0 + Tensor(repeating: 0, shape: target) }
    case "Range": return try range()
    case "EyeLike":
      let (like, offset) = (try value(0), integer("k", 0))
      guard like.shape.count == 2 else { throw unsupported("\(like.shape.count) axes") }
      let (rows, columns) = (like.shape[0], like.shape[1])
      let ones = (0..<rows).flatMap { row in
        (0..<columns).map { $0 - row == offset ? Float(1) : 0 }
      }
      return try kind(like).with(Tensor(ones, shape: [rows, columns]))
    case "HannWindow": return try window([0.5, -0.5])
    case "HammingWindow": return try window([25 / 46, -21 / 46])
    case "BlackmanWindow": return try window([0.42, -0.5, 0.08])
    case "MelWeightMatrix": return try melWeights()
    default: return nil
    }
  }

  /// A value of the kind that the attribute `dtype` wants.
  private func kind(_ standard: GraphValue) throws(ONNXError) -> GraphValue {
    guard has("dtype") else { return standard }
    switch Onnx_TensorProto.DataType(rawValue: integer("dtype", 1)) {
    case .float, .double, .float16, .bfloat16: return .numbers(.single(0))
    case .int64, .int32, .int16, .int8, .uint64, .uint32, .uint16, .uint8:
      return .integers(Indices([0], shape: []))
    case .bool: return .booleans(.single(0))
    default: throw unsupported("numbers of fewer bits")
    }
  }

  private func range() throws(ONNXError) -> GraphValue {
    if case (.integers(let start), .integers(let limit), .integers(let step)) =
      (try value(0), try value(1), try value(2)),
      let first = start.values.first, let end = limit.values.first, let by = step.values.first,
      by != 0
    {
      let values = Array(stride(from: first, to: end, by: by))
      return .integers(Indices(values, shape: [values.count]))
    }
    let bounds = try (0..<3).map { index throws(ONNXError) in try tensor(index) }
    guard bounds.allSatisfy({ $0.count == 1 }), bounds[2].array[0] != 0 else {
      throw unsupported("bounds that are no single numbers")
    }
    let values = Array(
      stride(from: bounds[0].array[0], to: bounds[1].array[0], by: bounds[2].array[0]))
    return .numbers(Tensor(values, shape: [values.count]))
  }

  /// A sum of cosines of 0, 1, 2 … periods.
  private func window(_ weights: [Double]) throws(ONNXError) -> GraphValue {
    guard let size = try integers(0)?.first else { throw unsupported("no size") }
    let period = Double(integer("periodic", 1) == 1 ? size : size - 1)
    let values = (0..<size).map { index in
      Float(
        weights.enumerated().reduce(0) {
          $0 + $1.element * cos(2 * .pi * Double($1.offset * index) / period)
        })
    }
    return .numbers(Tensor(values, shape: [size]))
  }

  private func melWeights() throws(ONNXError) -> GraphValue {
    guard let bands = try integers(0)?.first, let size = try integers(1)?.first,
      let rate = try integers(2)?.first, let low = try tensor(3).array.first,
      let high = try tensor(4).array.first
    else { throw unsupported("no sizes") }
    func mel(_ hertz: Double) -> Double { 2595 * log10(1 + hertz / 700) }
    let (first, last) = (mel(Double(low)), mel(Double(high)))
    let step = (last - first) / Double(bands + 2)
    let centres = (0..<bands + 2).map { index in
      let hertz = 700 * (pow(10, (first + step * Double(index)) / 2595) - 1)
      return Int(Double(size + 1) * hertz / Double(rate))
    }
    let bins = size / 2 + 1
    var weights = [Float](repeating: 0, count: bins * bands)
    for band in 0..<bands {
      let (lower, centre, upper) = (centres[band], centres[band + 1], centres[band + 2])
      if centre == lower {
        weights[centre * bands + band] = 1
      } else {
        for bin in lower...centre {
          weights[bin * bands + band] = Float(bin - lower) / Float(centre - lower)
        }
      }
      for bin in centre..<max(centre, upper) {
        weights[bin * bands + band] = Float(upper - bin) / Float(upper - centre)
      }
    }
    return .numbers(Tensor(weights, shape: [bins, bands]))
  }
}
