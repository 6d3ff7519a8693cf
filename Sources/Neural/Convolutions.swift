internal import Kernels
public import Tensors

/// A two-dimensional convolution with bias; by default the padding that keeps the size at stride 1.
///
/// Initialized as He et al. 2015, arXiv:1502.01852, equation 10: normal with deviation √(2 / fan
/// in).
public struct Conv2D: Module {
  public let weight, bias: Parameter
  private let settings: ConvolutionSettings

  /// - Parameters:
  ///   - input: Channels given.
  ///   - output: Channels made.
  ///   - gain: Multiplies the initial weights.
  public init(
    _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Int? = nil,
    dilation: Int = 1, groups: Int = 1, gain: Float = 1
  ) {
    let fan = Float(input / groups * kernel * kernel)
    weight = Parameter(
      [output, input / groups, kernel, kernel], .normal(deviation: gain * (2 / fan).squareRoot()))
    bias = Parameter([output], .constant(0))
    settings = ConvolutionSettings(
      stride: stride, padding: padding ?? dilation * (kernel / 2), dilation: dilation,
      groups: groups)
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, …]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let shape = weight.shape
    func size(_ given: Int, _ kernel: Int) -> Int {
      (given + 2 * settings.padding - settings.dilation * (kernel - 1) - 1) / settings.stride + 1
    }
    var geometry = ConvolutionGeometry(
      batch: x.shape[0], inputChannels: x.shape[1], inputHeight: x.shape[2],
      inputWidth: x.shape[3], outputChannels: shape[0], outputHeight: size(x.shape[2], shape[2]),
      outputWidth: size(x.shape[3], shape[3]), kernelHeight: shape[2], kernelWidth: shape[3])
    settings.apply(to: &geometry)
    precondition(
      x.shape[1] == shape[1] * settings.groups, "a convolution of \(shape) over \(x.shape)")
    return convolved(x, weight: weight.value, bias: bias.value, geometry: geometry)
  }
}

/// A transposed convolution of stride 2 that makes a picture of a wanted size, at most one larger
/// than double.
///
/// The full result has `2 · size + kernel − 2` rows; `crop` of them are left out at the top and
/// left, and what is beyond the wanted size at the bottom and right.
public struct ConvTranspose2D: Module {
  /// `[input, output, kernel, kernel]`.
  public let weight: Parameter
  public let bias: Parameter
  private let crop: Int

  public init(_ input: Int, _ output: Int, kernel: Int, crop: Int) {
    let fan = Float(input * kernel * kernel) / 4
    weight = Parameter([input, output, kernel, kernel], .normal(deviation: (2 / fan).squareRoot()))
    bias = Parameter([output], .constant(0))
    self.crop = crop
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, size.height, size.width]`.
  public func callAsFunction(_ x: Tensor, size: (height: Int, width: Int)) -> Tensor {
    let shape = weight.shape
    var geometry = ConvolutionGeometry(
      batch: x.shape[0], inputChannels: x.shape[1], inputHeight: x.shape[2],
      inputWidth: x.shape[3], outputChannels: shape[1], outputHeight: size.height,
      outputWidth: size.width, kernelHeight: shape[2], kernelWidth: shape[3])
    geometry.isTransposed = true
    ConvolutionSettings(stride: 2, padding: crop, dilation: 1, groups: 1).apply(to: &geometry)
    precondition(x.shape[1] == shape[0], "a transposed convolution of \(shape) over \(x.shape)")
    return convolved(x, weight: weight.value, bias: bias.value, geometry: geometry)
  }
}

/// What a convolution adds to the sizes.
private struct ConvolutionSettings {
  let stride, padding, dilation, groups: Int

  func apply(to geometry: inout ConvolutionGeometry) {
    geometry.strideHeight = stride
    geometry.strideWidth = stride
    geometry.dilationHeight = dilation
    geometry.dilationWidth = dilation
    geometry.paddingTop = padding
    geometry.paddingLeft = padding
    geometry.groups = groups
  }
}
