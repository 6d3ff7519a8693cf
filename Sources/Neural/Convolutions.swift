public import Tensors

/// A two-dimensional convolution; by default with bias and the padding that keeps the size at stride
/// 1.
///
/// Initialized as He et al. 2015, arXiv:1502.01852, equation 10: normal with deviation √(2 / fan
/// in).
public struct Conv2D: Module {
  /// `[output, input / groups, kernel.height, kernel.width]`.
  public let weight: Weight
  public let bias: Parameter?
  private let settings: ConvolutionSettings

  /// - Parameters:
  ///   - input: Channels given.
  ///   - output: Channels made.
  ///   - padding: Half the kernel on all sides by default.
  ///   - gain: Multiplies the initial weights.
  public init(
    _ input: Int, _ output: Int, kernel: Extent, stride: Extent = 1, padding: Padding? = nil,
    paddingMode: PaddingMode = .zeros, dilation: Extent = 1, groups: Int = 1, bias: Bool = true,
    gain: Float = 1, reparametrization: Reparametrization = .none
  ) {
    let fan = Float(input / groups * kernel.height * kernel.width)
    weight = Weight(
      [output, input / groups, kernel.height, kernel.width],
      .normal(deviation: gain * (2 / fan).squareRoot()), reparametrization)
    self.bias = bias ? Parameter([output], .constant(0)) : nil
    let half = Extent(
      height: dilation.height * (kernel.height / 2), width: dilation.width * (kernel.width / 2))
    settings = ConvolutionSettings(
      stride: stride, padding: padding ?? Padding(half), paddingMode: paddingMode,
      dilation: dilation, groups: groups)
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, …]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    convolved(x, weight: weight(), bias: bias?.value, settings)
  }
}

/// A one-dimensional convolution; by default with bias and the padding that keeps the length at
/// stride 1.
///
/// Initialized as ``Conv2D``.
public struct Conv1D: Module {
  /// `[output, input / groups, kernel]`.
  public let weight: Weight
  public let bias: Parameter?
  private let settings: ConvolutionSettings

  /// - Parameters:
  ///   - input: Channels given.
  ///   - output: Channels made.
  ///   - padding: Half the kernel on both sides by default.
  public init(
    _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Padding? = nil,
    paddingMode: PaddingMode = .zeros, dilation: Int = 1, groups: Int = 1, bias: Bool = true,
    reparametrization: Reparametrization = .none
  ) {
    weight = Weight(
      [output, input / groups, kernel],
      .normal(deviation: (2 / Float(input / groups * kernel)).squareRoot()), reparametrization)
    self.bias = bias ? Parameter([output], .constant(0)) : nil
    settings = ConvolutionSettings(
      stride: Extent(stride), padding: padding ?? Padding(dilation * (kernel / 2)),
      paddingMode: paddingMode, dilation: Extent(dilation), groups: groups)
  }

  /// Maps `[batch, input, length]` to `[batch, output, …]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    convolved(x, weight: weight(), bias: bias?.value, settings)
  }
}
