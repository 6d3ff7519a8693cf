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
    case .joining(let joining): return node(try operatorName(joining), inputs)
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
    case .items(let indices, let axis):
      return node("Gather", inputs + [constant(indices)], [.integer("axis", axis)])
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
    case nil, .denseBlock:
      throw .notExportable("an operation from \(from) to \(to) has no name in a trace")
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

  private func operatorName(_ joining: Buffer.Joining) throws(ONNXError) -> String {
    switch joining {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .maximum: "Max"
    case .minimum: "Min"
    case .greater, .greaterOrEqual, .equal, .atan2:
      throw .notExportable("\(joining) of two tensors")
    }
  }

  private mutating func affine(_ x: String, _ scale: Float, _ shift: Float) -> String {
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
private func sides(_ extent: Extent, rank: Int) -> [Int] {
  rank == 1 ? [extent.width] : [extent.height, extent.width]
}
