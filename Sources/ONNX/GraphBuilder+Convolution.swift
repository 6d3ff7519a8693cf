internal import Kernels
internal import Tensors

extension GraphBuilder {
  /// - Parameters:
  ///   - inputs: What is convolved, the weight, maybe the bias.
  ///   - rank: 2 for pictures, 1 for signals.
  mutating func convolution(
    _ inputs: [String], _ geometry: ConvolutionGeometry, rank: Int
  ) throws(ONNXError) -> String {
    func sides(_ height: Int, _ width: Int) -> [Int] { rank == 1 ? [width] : [height, width] }
    let before = sides(geometry.paddingTop, geometry.paddingLeft)
    let after = sides(
      missing(
        geometry.inputHeight, geometry.outputHeight, geometry.kernelHeight,
        geometry.strideHeight, geometry.dilationHeight, geometry.paddingTop,
        isTransposed: geometry.isTransposed),
      missing(
        geometry.inputWidth, geometry.outputWidth, geometry.kernelWidth, geometry.strideWidth,
        geometry.dilationWidth, geometry.paddingLeft, isTransposed: geometry.isTransposed))
    guard before.allSatisfy({ $0 >= 0 }) else {
      throw .notExportable("a convolution leaves out rows or columns of its source")
    }
    var attributes: [Onnx_AttributeProto] = [
      .integers("kernel_shape", sides(geometry.kernelHeight, geometry.kernelWidth)),
      .integers("strides", sides(geometry.strideHeight, geometry.strideWidth)),
      .integers("dilations", sides(geometry.dilationHeight, geometry.dilationWidth)),
      .integers("pads", before + after.map { max(0, $0) }), .integer("group", geometry.groups),
    ]
    guard geometry.isTransposed else { return node("Conv", inputs, attributes) }
    attributes.append(.integers("output_padding", after.map { max(0, -$0) }))
    return node("ConvTranspose", inputs, attributes)
  }

  /// Rows or columns of padding at the far end of an axis.
  ///
  /// Less than 0 where an ordinary convolution leaves some unread, and where a transposed one makes
  /// more than its kernels reach.
  private func missing(
    _ input: Int, _ output: Int, _ kernel: Int, _ stride: Int, _ dilation: Int, _ before: Int,
    isTransposed: Bool
  ) -> Int {
    let reach = dilation * (kernel - 1) + 1
    return isTransposed
      ? (input - 1) * stride + reach - before - output
      : (output - 1) * stride + reach - before - input
  }

  /// The layers of a dense block one by one.
  mutating func denseBlock(
    _ inputs: [Tensor], _ layers: [DenseLayer], _ output: DenseOutput
  ) throws(ONNXError) -> String {
    var parts = inputs.map { name(of: $0) }
    for layer in layers {
      guard case .fixed(let mean, let variance) = layer.statistics else {
        throw .notExportable("a normalization takes its statistics from the batch")
      }
      let parameters = [layer.gamma, layer.beta, mean, variance].map { name(of: $0) }
      let normalized = node(
        "BatchNormalization", [joined(parts)] + parameters,
        [.float("epsilon", Float(DenseLayer.epsilon))])
      let convolution = [node("Relu", [normalized]), name(of: layer.weight), name(of: layer.bias)]
      let (height, width) = (layer.weight.shape[2], layer.weight.shape[3])
      parts.append(
        node(
          "Conv", convolution,
          [
            .integers("kernel_shape", [height, width]),
            .integers("pads", [height / 2, width / 2, height / 2, width / 2]),
          ]))
    }
    return joined(output == .all ? parts : Array(parts[inputs.count...]))
  }

  private mutating func joined(_ parts: [String]) -> String {
    parts.count == 1 ? parts[0] : node("Concat", parts, [.integer("axis", 1)])
  }
}
