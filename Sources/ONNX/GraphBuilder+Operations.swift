internal import Kernels
internal import Tensors

// How each operation of a trace is said in ONNX.

extension GraphBuilder {
  /// Adds the nodes of an operation.
  ///
  /// - Returns: What its result is called.
  mutating func nodes(for traced: TracedOperation) throws(ONNXError) -> String {
    if case .denseBlock(let inputs, let layers, let output)? = traced.operation {
      return try denseBlock(inputs, layers, output)
    }
    let inputs = traced.inputs.map { name(of: $0) }
    let (from, to) = (traced.inputs[0].shape, traced.output.shape)
    switch traced.operation {
    case .same: return inputs[0]
    case .elementwise(let function): return try elementwise(function, inputs[0])
    case .joining(let joining): return joined(inputs, by: joining)
    case .affine(let scale, let shift): return affine(inputs[0], scale, shift)
    case .log: return node("Log", inputs)
    case .power(let exponent): return node("Pow", inputs + [constant(exponent)])
    case .clamp(let range):
      return node("Clip", inputs + [constant(range.lowerBound), constant(range.upperBound)])
    case .expand: return node("Expand", inputs + [constant(to)])
    case .sum: return sum(inputs[0], from, to)
    case .reshape: return node("Reshape", inputs + [constant(to)])
    case .permute(let order): return node("Transpose", inputs, [.integers("perm", order)])
    case .slice(let range, let axis):
      let bounds = [[range.lowerBound], [range.upperBound], [axis]]
      return node("Slice", inputs + bounds.map { constant($0) })
    case .concatenate(let axis): return node("Concat", inputs, [.integer("axis", axis)])
    case .flip(let axes):
      let bounds = [
        axes.map { _ in -1 }, axes.map { _ in Int(Int32.min) }, axes, axes.map { _ in -1 },
      ]
      return node("Slice", inputs + bounds.map { constant($0) })
    case .items(let indices, let axis):
      let places = node("Reshape", [indexNode(indices), constant([to[axis]])])
      return node("Gather", [inputs[0], places], [.integer("axis", axis)])
    case .gather(let indices, let axis):
      let places = indexNode(indices)
      return node("GatherElements", [inputs[0], places], [.integer("axis", axis)])
    case .scatter(let indices, let axis):
      let zeros = node("ConstantOfShape", [constant(to)])
      let places = indexNode(indices)
      return node(
        "ScatterElements", [zeros, places, inputs[0]],
        [.integer("axis", axis), .text("reduction", "add")])
    case .extreme(let axis, let isLargest):
      return node(isLargest ? "ReduceMax" : "ReduceMin", [inputs[0], constant([axis])])
    case .cumulativeSum(let axis): return node("CumSum", [inputs[0], constant(axis)])
    case .selection:
      return node("Where", [cast(inputs[0], to: .bool), inputs[1], inputs[2]])
    case .matrixProduct(let left, let right):
      let first = left ? transposed(inputs[0], rank: from.count) : inputs[0]
      let second = right ? transposed(inputs[1], rank: traced.inputs[1].shape.count) : inputs[1]
      return node("MatMul", [first, second])
    case .linear: return node("Gemm", inputs, [.integer("transB", 1)])
    case .softmax: return node("Softmax", inputs, [.integer("axis", -1)])
    case .logSoftmax: return node("LogSoftmax", inputs, [.integer("axis", -1)])
    case .convolution(let geometry): return try convolution(inputs, geometry, rank: to.count - 2)
    case .maxPool(let kernel, let stride, let padding, let ceilMode):
      let pads = sides(padding, rank: to.count - 2)
      return node(
        "MaxPool", inputs,
        [
          .integers("kernel_shape", sides(kernel, rank: to.count - 2)),
          .integers("strides", sides(stride, rank: to.count - 2)),
          .integers("pads", pads + pads), .integer("ceil_mode", ceilMode ? 1 : 0),
        ])
    case .windowMaxima(let rows, let columns):
      return windowMaxima(inputs[0], rows: rows, columns: columns, rank: to.count - 2)
    case .resample(let vertical, let horizontal, let meaning):
      return resampling(traced, vertical, horizontal, meaning)
    case .mix(let matrix):
      let weight = constant(matrix.values, shape: [matrix.rows, matrix.columns, 1, 1])
      return node("Conv", [inputs[0], weight], [.integers("kernel_shape", [1, 1])])
    case .standardize(let count, let epsilon, let centred):
      return standardized(inputs[0], from.suffix(count), epsilon, centred: centred)
    case .gridSample(let interpolation, let padding, let alignCorners):
      return node(
        "GridSample", inputs,
        [
          .text("mode", interpolation == .nearest ? "nearest" : "bilinear"),
          .text("padding_mode", "\(padding)"), .integer("align_corners", alignCorners ? 1 : 0),
        ])
    case .lstm(let reversed): return try recurrence("LSTM", traced.inputs, reversed: reversed)
    case .gru(let reversed): return try recurrence("GRU", traced.inputs, reversed: reversed)
    case .frame(let hop): return framed(inputs[0], hop: hop, to: to)
    case .overlapAdd(let hop): return overlapAdded(inputs[0], hop: hop, from: from, to: to)
    case nil, .denseBlock:
      throw .notExportable(
        "\(traced.function), which made \(to) of \(traced.inputs.map(\.shape)), has no form in it")
    }
  }

  private mutating func elementwise(
    _ function: ElementwiseFunction, _ x: String
  ) throws(ONNXError) -> String {
    switch function {
    case .relu: return node("Relu", [x])
    case .exp: return node("Exp", [x])
    case .tanh: return node("Tanh", [x])
    case .sigmoid: return node("Sigmoid", [x])
    case .softplus: return node("Softplus", [x])
    case .sine: return node("Sin", [x])
    case .cosine: return node("Cos", [x])
    case .squareRoot: return node("Sqrt", [x])
    case .absolute: return node("Abs", [x])
    case .floor: return node("Floor", [x])
    case .round: return node("Round", [x])
    case .leakyReLU(let slope): return node("LeakyRelu", [x], [.float("alpha", slope)])
    case .elu(let alpha): return node("Elu", [x], [.float("alpha", alpha)])
    case .silu: return node("Mul", [x, node("Sigmoid", [x])])
    case .mish: return node("Mul", [x, node("Tanh", [node("Softplus", [x])])])
    case .hardSigmoid: return node("HardSigmoid", [x], [.float("alpha", 1 / 6)])
    case .hardSwish: return node("HardSwish", [x])
    case .gelu:
      let error = node("Erf", [affine(x, Float(0.5).squareRoot(), 0)])
      return node("Mul", [x, affine(error, 0.5, 0.5)])
    case .geluByTanh:
      let cube = node("Pow", [x, constant(3)])
      let inner = node("Add", [x, affine(cube, 0.044715, 0)])
      let curve = node("Tanh", [affine(inner, (2 / Float.pi).squareRoot(), 0)])
      return node("Mul", [x, affine(curve, 0.5, 0.5)])
    }
  }

  private mutating func joined(_ inputs: [String], by joining: Buffer.Joining) -> String {
    switch joining {
    case .add: node("Add", inputs)
    case .subtract: node("Sub", inputs)
    case .multiply: node("Mul", inputs)
    case .divide: node("Div", inputs)
    case .maximum: node("Max", inputs)
    case .minimum: node("Min", inputs)
    case .greater: cast(node("Greater", inputs), to: .float)
    case .greaterOrEqual: cast(node("GreaterOrEqual", inputs), to: .float)
    case .equal: cast(node("Equal", inputs), to: .float)
    case .atan2: angle(y: inputs[0], x: inputs[1])
    }
  }

  /// The arctangent of a quotient, and what is missing left of the y axis and on it.
  private mutating func angle(y: String, x: String) -> String {
    let zero = constant(0 as Float)
    let isBelow = node("Less", [y, zero])
    let half = node("Where", [isBelow, constant(-Float.pi), constant(Float.pi)])
    let added = node("Where", [node("Less", [x, zero]), half, zero])
    let left = node("Add", [node("Atan", [node("Div", [y, x])]), added])
    let upright = affine(node("Sign", [y]), Float.pi / 2, 0)
    return node("Where", [node("Equal", [x, zero]), upright, left])
  }

  /// The indices as they are, or as the operator that finds them.
  private mutating func indexNode(_ indices: Indices) -> String {
    guard let origin = indices.origin else { return constant(indices.values, shape: indices.shape) }
    return node(
      origin.isLargest ? "ArgMax" : "ArgMin", [name(of: origin.tensor)],
      [.integer("axis", origin.axis)])
  }

  private mutating func standardized(
    _ x: String, _ shape: [Int], _ epsilon: Float, centred: Bool
  ) -> String {
    guard !centred else {
      let ones = constant([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape)
      return node(
        "LayerNormalization", [x, ones],
        [.integer("axis", -shape.count), .float("epsilon", epsilon)])
    }
    let axes = constant(shape.indices.map { $0 - shape.count })
    let squares = node("ReduceMean", [node("Mul", [x, x]), axes])
    return node("Div", [x, node("Sqrt", [affine(squares, 1, epsilon)])])
  }

  mutating func cast(_ x: String, to type: Onnx_TensorProto.DataType) -> String {
    node("Cast", [x], [.integer("to", type.rawValue)])
  }

  mutating func affine(_ x: String, _ scale: Float, _ shift: Float) -> String {
    let scaled = scale == 1 ? x : node("Mul", [x, constant(scale)])
    return shift == 0 ? scaled : node("Add", [scaled, constant(shift)])
  }

  private mutating func sum(_ x: String, _ from: [Int], _ to: [Int]) -> String {
    let padded = Array(repeating: 1, count: from.count - to.count) + to
    let axes = from.indices.filter { from[$0] != padded[$0] }
    let sums = node("ReduceSum", [x, constant(axes)], [.integer("noop_with_empty_axes", 1)])
    return to.count == from.count ? sums : node("Reshape", [sums, constant(to)])
  }

  private mutating func transposed(_ x: String, rank: Int) -> String {
    let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
    return node("Transpose", [x], [.integers("perm", order)])
  }
}

/// Lengths along the axes that pictures, or only signals, have.
func sides(_ extent: Extent, rank: Int) -> [Int] {
  rank == 1 ? [extent.width] : [extent.height, extent.width]
}
