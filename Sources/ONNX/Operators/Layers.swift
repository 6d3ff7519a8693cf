internal import Tensors

// Matrix products, normalizations, convolutions and pooling.

extension OperatorCall {
  func layer() throws(ONNXError) -> GraphValue? {
    switch name {
    case "MatMul": return .numbers(try product())
    case "Gemm": return .numbers(try generalProduct())
    case "Softmax": return .numbers(try alongAxis { softmax($0, axis: $1) })
    case "LogSoftmax": return .numbers(try alongAxis { logSoftmax($0, axis: $1) })
    case "BatchNormalization": return .numbers(try batchNormalized())
    case "InstanceNormalization":
      let x = try tensor(0)
      return .numbers(
        try scaled(x.deviations(over: Array(2..<x.shape.count), epsilon: float("epsilon", 1e-5))))
    case "LayerNormalization":
      let x = try tensor(0)
      let axis = try axis(integer("axis", -1), rank: x.shape.count)
      let normalized = x.deviations(
        over: Array(axis..<x.shape.count), epsilon: float("epsilon", 1e-5))
      let scaled = normalized * (try tensor(1))
      return .numbers(try optional(2) == nil ? scaled : scaled + tensor(2))
    case "Conv": return .numbers(try convolution())
    case "ConvTranspose": return .numbers(try transposedConvolution())
    case "MaxPool": return .numbers(try pooled(isMaximum: true))
    case "AveragePool": return .numbers(try pooled(isMaximum: false))
    case "GlobalAveragePool":
      let x = try tensor(0)
      return .numbers(x.mean(axes: Array(2..<x.shape.count)))
    case "GlobalMaxPool":
      let x = try tensor(0)
      return .numbers((2..<x.shape.count).reduce(x) { $0.max(axis: $1) })
    default: return nil
    }
  }

  private func product() throws(ONNXError) -> Tensor {
    var (a, b) = (try tensor(0), try tensor(1))
    let (isRow, isColumn) = (a.shape.count == 1, b.shape.count == 1)
    if isRow { a = a.reshaped([1] + a.shape) }
    if isColumn { b = b.reshaped(b.shape + [1]) }
    let result = matmul(a, b)
    var shape = result.shape
    if isColumn { shape.removeLast() }
    if isRow { shape.remove(at: shape.count - (isColumn ? 1 : 2)) }
    return result.reshaped(shape)
  }

  private func generalProduct() throws(ONNXError) -> Tensor {
    let product = matmul(
      try tensor(0), try tensor(1), transposingLeft: integer("transA", 0) != 0,
      transposingRight: integer("transB", 0) != 0)
    let scaled = float("alpha", 1) * product
    return try optional(2) == nil ? scaled : scaled + float("beta", 1) * tensor(2)
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

  private func batchNormalized() throws(ONNXError) -> Tensor {
    guard integer("training_mode", 0) == 0 else { throw unsupported("training") }
    let x = try tensor(0)
    let (mean, variance) = (
      x.channelwise(try tensor(3)), x.channelwise(try tensor(4))
    )
    return try scaled((x - mean) / sqrt(variance + float("epsilon", 1e-5)))
  }

  /// Scale and shift per channel, which are inputs 1 and 2.
  private func scaled(_ x: Tensor) throws(ONNXError) -> Tensor {
    x * x.channelwise(try tensor(1)) + x.channelwise(try tensor(2))
  }

  // MARK: Windows

  private func convolution() throws(ONNXError) -> Tensor {
    let (x, weight) = (try tensor(0), try tensor(1))
    var settings = try settings(x, kernel: Array(weight.shape[2...]))
    settings.groups = integer("group", 1)
    return convolved(x, weight: weight, bias: optional(2)?.tensor, settings)
  }

  private func transposedConvolution() throws(ONNXError) -> Tensor {
    let (x, weight) = (try tensor(0), try tensor(1))
    guard integers("output_shape") == nil else { throw unsupported("a wanted size") }
    var settings = try settings(x, kernel: Array(weight.shape[2...]))
    settings.groups = integer("group", 1)
    return transposeConvolved(
      x, weight: weight, bias: optional(2)?.tensor, settings,
      outputPadding: try extent("output_padding", 0, rank: weight.shape.count - 2))
  }

  private func pooled(isMaximum: Bool) throws(ONNXError) -> Tensor {
    let x = try tensor(0)
    let kernel = try extent("kernel_shape", 1, rank: x.shape.count - 2)
    let settings = try settings(x, kernel: integers("kernel_shape") ?? [])
    let padding = settings.padding
    guard outputCount == 1, padding.top == padding.bottom, padding.left == padding.right,
      settings.dilation == 1, 2 * padding.top <= kernel.height, 2 * padding.left <= kernel.width
    else { throw unsupported("uneven or wide padding, dilation, or places of maxima") }
    let around = Extent(height: padding.top, width: padding.left)
    let ceilMode = integer("ceil_mode", 0) != 0
    return isMaximum
      ? maxPooled(
        x, kernel: kernel, stride: settings.stride, padding: around, ceilMode: ceilMode)
      : averagePooled(
        x, kernel: kernel, stride: settings.stride, padding: around, ceilMode: ceilMode,
        countsPadding: integer("count_include_pad", 0) != 0)
  }

  private func settings(
    _ x: Tensor, kernel: [Int]
  ) throws(ONNXError) -> ConvolutionSettings {
    let rank = x.shape.count - 2
    guard rank == 1 || rank == 2, kernel.count == rank else {
      throw unsupported("\(rank) axes beside batch and channels")
    }
    let (stride, dilation) = (
      try extent("strides", 1, rank: rank), try extent("dilations", 1, rank: rank)
    )
    var pads = integers("pads") ?? Array(repeating: 0, count: 2 * rank)
    switch text("auto_pad", "NOTSET") {
    case "NOTSET": break
    case "VALID": pads = Array(repeating: 0, count: 2 * rank)
    default: throw unsupported("padding that it finds by itself")
    }
    guard pads.count == 2 * rank else { throw unsupported("pads \(pads)") }
    let padding =
      rank == 1
      ? Padding(left: pads[0], right: pads[1])
      : Padding(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
    return ConvolutionSettings(stride: stride, padding: padding, dilation: dilation)
  }

  private func extent(
    _ attribute: String, _ standard: Int, rank: Int
  ) throws(ONNXError) -> Extent {
    let lengths = integers(attribute) ?? Array(repeating: standard, count: rank)
    switch (rank, lengths.count) {
    case (1, 1): return Extent(height: standard, width: lengths[0])
    case (2, 2): return Extent(height: lengths[0], width: lengths[1])
    default: throw unsupported("\(attribute) of \(lengths) over \(rank) axes")
    }
  }
}

extension Tensor {
  /// Values per channel in a shape that broadcasts to the tensor's.
  fileprivate func channelwise(_ values: Tensor) -> Tensor {
    values.reshaped([values.count] + Array(repeating: 1, count: Swift.max(0, shape.count - 2)))
  }

  /// What the mean is taken from, divided by the standard deviation.
  fileprivate func deviations(over axes: [Int], epsilon: Float) -> Tensor {
    let centred = self - mean(axes: axes)
    return centred / sqrt((centred * centred).mean(axes: axes) + epsilon)
  }
}
