public import Tensors

/// A two-dimensional transposed convolution: one that enlarges by its stride.
///
/// Initialized as ``Conv2D``, of the input channels and kernel elements that meet in one pixel.
public struct ConvTranspose2D: Module {
  /// `[input, output / groups, kernel.height, kernel.width]`.
  public let weight: Weight
  public let bias: Parameter?
  private let settings: ConvolutionSettings
  private let outputPadding: Extent

  /// - Parameters:
  ///   - input: Channels given.
  ///   - output: Channels made.
  ///   - padding: Rows and columns left out of the full result, `(size − 1) · stride + dilation ·
  ///     (kernel − 1) + 1` along each axis.
  ///   - outputPadding: Rows and columns more at the bottom and right.
  public init(
    _ input: Int, _ output: Int, kernel: Extent, stride: Extent = 1, padding: Padding = 0,
    outputPadding: Extent = 0, dilation: Extent = 1, groups: Int = 1, bias: Bool = true,
    reparametrization: Reparametrization = .none
  ) {
    let fan =
      Float(input / groups * kernel.height * kernel.width) / Float(stride.height * stride.width)
    weight = Weight(
      [input, output / groups, kernel.height, kernel.width],
      .normal(deviation: (2 / fan).squareRoot()),
      outputAxis: 1, reparametrization)
    self.bias = bias ? Parameter([output], .constant(0)) : nil
    settings = ConvolutionSettings(
      stride: stride, padding: padding, dilation: dilation, groups: groups)
    self.outputPadding = outputPadding
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, …]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { run(x, outputPadding: outputPadding) }

  /// Maps `[batch, input, height, width]` to `[batch, output, size.height, size.width]`, by other
  /// output padding than usual: what the size lacks is added at the bottom and right, what is beyond
  /// it left out.
  public func callAsFunction(_ x: Tensor, size: Extent) -> Tensor {
    let kernel = Extent(height: weight.shape[2], width: weight.shape[3])
    let usual = settings.transposedSize(of: x.extent, kernel: kernel)
    return run(
      x,
      outputPadding: Extent(
        height: size.height - usual.height, width: size.width - usual.width))
  }

  private func run(_ x: Tensor, outputPadding: Extent) -> Tensor {
    transposeConvolved(
      x, weight: weight(), bias: bias?.value, settings, outputPadding: outputPadding)
  }
}

/// A one-dimensional transposed convolution: one that lengthens by its stride.
///
/// Initialized as ``ConvTranspose2D``.
public struct ConvTranspose1D: Module {
  /// `[input, output / groups, kernel]`.
  public let weight: Weight
  public let bias: Parameter?
  private let settings: ConvolutionSettings
  private let outputPadding: Int

  /// - Parameters:
  ///   - input: Channels given.
  ///   - output: Channels made.
  ///   - padding: Samples left out of the full result, `(length − 1) · stride + dilation · (kernel −
  ///     1) + 1`.
  ///   - outputPadding: Samples more at the end.
  public init(
    _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Padding = 0,
    outputPadding: Int = 0, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    reparametrization: Reparametrization = .none
  ) {
    let fan = Float(input / groups * kernel) / Float(stride)
    weight = Weight(
      [input, output / groups, kernel], .normal(deviation: (2 / fan).squareRoot()), outputAxis: 1,
      reparametrization)
    self.bias = bias ? Parameter([output], .constant(0)) : nil
    settings = ConvolutionSettings(
      stride: Extent(stride), padding: padding, dilation: Extent(dilation), groups: groups)
    self.outputPadding = outputPadding
  }

  /// Maps `[batch, input, length]` to `[batch, output, …]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    transposeConvolved(
      x, weight: weight(), bias: bias?.value, settings, outputPadding: Extent(outputPadding))
  }
}
