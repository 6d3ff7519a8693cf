internal import Kernels
internal import Tensors

// Operators that put numbers into another type: as they are, or as whole multiples of a scale.

extension OperatorCall {
  /// ONNX's number of bytes without a sign, which quantization makes where nothing else is said.
  private static let byte = 2

  func conversion() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "Cast":
      return [try converted(try value(0), to: integer("to", 0))]
    case "CastLike":
      if let type = elementType(1) { return [try converted(try value(0), to: type)] }
      switch try value(1) {
      case .numbers: return [.numbers(try tensor(0))]
      case .integers: return [.integers(try tensor(0).integers)]
      case .booleans: return [.booleans(1 - (try tensor(0) .== 0))]
      }
    case "QuantizeLinear":
      let asked = integer("output_dtype", 0)
      return [
        try quantized(
          try tensor(0), by: 1, axis: integer("axis", 1),
          type: asked == 0 ? elementType(2) ?? Self.byte : asked)
      ]
    case "DequantizeLinear": return [.numbers(try dequantized(0, axis: integer("axis", 1)))]
    case "DynamicQuantizeLinear": return try quantizedByRange()
    case "QLinearMatMul":
      let factors = [try dequantized(0, axis: -2), try dequantized(3, axis: -1)]
      return [try quantizedResult(of: "MatMul", factors, axis: -1)]
    case "QLinearConv":
      var inputs = [try dequantized(0, axis: 1), try dequantized(3, axis: 0)]
      if let bias = optional(8)?.tensor { inputs.append(bias * (try tensor(1)) * (try tensor(4))) }
      return [try quantizedResult(of: "Conv", inputs, axis: 1)]
    default: return nil
    }
  }

  /// The values in a type, rounded to what it can hold.
  private func converted(_ value: GraphValue, to type: Int) throws(ONNXError) -> GraphValue {
    if let narrow = NarrowNumbers(type: type) { return .numbers(rounded(value.tensor, to: narrow)) }
    if let whole = WholeNumberType(type: type) {
      guard case .integers(let integers) = value else {
        return .integers(value.tensor.integers.mapped(whole.wrapped))
      }
      return .integers(integers.mapped(whole.wrapped))
    }
    switch Onnx_TensorProto.DataType(rawValue: type) {
    case .float, .double: return .numbers(value.tensor)
    case .float16:
      return .numbers(
        Tensor(taking: Buffer(halves: value.tensor.plain.buffer.halves), shape: value.shape))
    case .bfloat16:
      let rounded = value.tensor.array.map { number -> Float in
        let bits = number.bitPattern
        guard number.isFinite else { return number }
        return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
      }
      return .numbers(Tensor(rounded, shape: value.shape))
    case .bool: return .booleans(1 - (value.tensor .== 0))
    default: throw unsupported("a conversion to type \(type)")
    }
  }

  private func rounded(_ x: Tensor, to narrow: NarrowNumbers) -> Tensor {
    let isSaturating = integer("saturate", 1) != 0
    return Tensor(
      x.array.map { narrow.rounded($0, saturating: isSaturating) }, shape: x.shape)
  }

  // MARK: Quantization

  /// An input less its zero point, times its scale: the two that follow it.
  private func dequantized(_ index: Int, axis: Int) throws(ONNXError) -> Tensor {
    let x = try tensor(index)
    let scale = try spread(index + 1, over: x.shape, axis: axis)
    guard optional(index + 2) != nil else { return x * scale }
    return (x - (try spread(index + 2, over: x.shape, axis: axis))) * scale
  }

  /// Numbers as multiples of a scale, which is input `index`, from a zero point, the next.
  private func quantized(
    _ x: Tensor, by index: Int, axis: Int, type: Int
  ) throws(ONNXError) -> GraphValue {
    let steps = x / (try spread(index, over: x.shape, axis: axis))
    if let narrow = NarrowNumbers(type: type) { return .numbers(rounded(steps, to: narrow)) }
    guard let range = WholeNumberType(type: type)?.range else {
      throw unsupported("quantization to type \(type)")
    }
    var places = round(steps)
    if optional(index + 1) != nil {
      places = places + (try spread(index + 1, over: x.shape, axis: axis))
    }
    return .integers(
      clamped(places, Float(range.lowerBound)...Float(range.upperBound)).integers)
  }

  /// What another operator makes of numbers, quantized by inputs 6 and 7.
  private func quantizedResult(
    of name: String, _ inputs: [Tensor], axis: Int
  ) throws(ONNXError) -> GraphValue {
    let result = try instead(name, inputs.map(GraphValue.numbers)).results()[0].tensor
    return try quantized(result, by: 6, axis: axis, type: elementType(7) ?? Self.byte)
  }

  /// Scales or zero points as they broadcast to `shape`: one for all, one for each index of an axis,
  /// or one for each block of it.
  private func spread(_ index: Int, over shape: [Int], axis: Int) throws(ONNXError) -> Tensor {
    let given = try tensor(index)
    guard given.count != 1 else { return given.reshaped([]) }
    let axis = try self.axis(axis, rank: shape.count)
    if given.shape == [shape[axis]] {
      var target = shape.map { _ in 1 }
      target[axis] = given.count
      return given.reshaped(target)
    }
    let block = max(1, integer("block_size", 0))
    var blocks = shape
    blocks[axis] = (shape[axis] + block - 1) / block
    guard given.shape == blocks else {
      throw unsupported("scales of \(given.shape) for \(shape)")
    }
    return given.items((0..<shape[axis]).map { $0 / block }, axis: axis)
  }

  /// Bytes, their scale and their zero point, from the range of the numbers with 0.
  private func quantizedByRange() throws(ONNXError) -> [GraphValue] {
    let x = try tensor(0)
    let values = x.array
    let (low, high) = (min(0, values.min() ?? 0), max(0, values.max() ?? 0))
    let scale = high > low ? (high - low) / 255 : 1
    let zero = min(255, max(0, (-low / scale).rounded(.toNearestOrEven)))
    let places = clamped(round(x / .single(scale)) + zero, 0...255)
    return [
      .integers(places.integers), .numbers(.single(scale)),
      .integers(Indices([Int(zero)], shape: [])),
    ]
  }
}
