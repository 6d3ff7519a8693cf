public import Kernels

/// How the kernel of a convolution moves.
public struct ConvolutionSettings: Hashable, Sendable {
  public var stride: Extent
  /// What is added around the source; of a transposed convolution, what is left out of the result.
  public var padding: Padding
  /// What the padding is filled with; transposed convolutions have none.
  public var paddingMode: PaddingMode
  /// Distances between the kernel's elements.
  public var dilation: Extent
  /// The parts into which channels fall, each with a kernel of its own.
  public var groups: Int

  public init(
    stride: Extent = 1, padding: Padding = 0, paddingMode: PaddingMode = .zeros,
    dilation: Extent = 1, groups: Int = 1
  ) {
    self.stride = stride
    self.padding = padding
    self.paddingMode = paddingMode
    self.dilation = dilation
    self.groups = groups
  }

  /// The size of a transposed convolution's result without output padding.
  public func transposedSize(of size: Extent, kernel: Extent) -> Extent {
    Extent(
      height: (size.height - 1) * stride.height + (kernel.height - 1) * dilation.height + 1
        - padding.top - padding.bottom,
      width: (size.width - 1) * stride.width + (kernel.width - 1) * dilation.width + 1
        - padding.left - padding.right)
  }
}

/// A convolution of pictures or signals.
///
/// | Quantity | Shape |
/// |---|---|
/// | `x` | `[batch, input, height, width]` or `[batch, input, length]` |
/// | `weight` | `[output, input / groups, kernel height, kernel width]` or `[…, kernel length]` |
/// | `bias` | `[output]` |
/// | result | per axis `(size + padding − dilation · (kernel − 1) − 1) / stride + 1` |
public func convolved(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, _ settings: ConvolutionSettings = .init()
) -> Tensor {
  guard settings.paddingMode == .zeros else {
    var settings = settings
    let x = x.padded(settings.padding, settings.paddingMode)
    (settings.padding, settings.paddingMode) = (0, .zeros)
    return convolved(x, weight: weight, bias: bias, settings)
  }
  var geometry = ConvolutionGeometry(x, weight, settings, output: weight.shape[0])
  precondition(
    x.shape[1] == weight.shape[1] * settings.groups,
    "a convolution of \(weight.shape) in \(settings.groups) groups over \(x.shape)")
  func size(_ given: Int, _ padding: Int, _ reach: Int, _ stride: Int) -> Int {
    precondition(given + padding > reach, "a convolution of \(weight.shape) over \(x.shape)")
    return (given + padding - reach - 1) / stride + 1
  }
  let padding = x.applicable(settings.padding)
  geometry.outputHeight = size(
    x.extent.height, padding.top + padding.bottom, geometry.reach.height, geometry.strideHeight)
  geometry.outputWidth = size(
    x.extent.width, padding.left + padding.right, geometry.reach.width, geometry.strideWidth)
  return convolved(x, weight: weight, bias: bias, geometry: geometry)
}

/// The convolution that goes the other way, from a result's shape to that of what was given.
///
/// | Quantity | Shape |
/// |---|---|
/// | `x` | `[batch, input, height, width]` or `[batch, input, length]` |
/// | `weight` | `[input, output / groups, kernel height, kernel width]` or `[…, kernel length]` |
/// | `bias` | `[output]` |
/// | result | per axis `(size − 1) · stride + dilation · (kernel − 1) + 1 − padding + outputPadding` |
///
/// - Parameter outputPadding: Rows and columns more at the bottom and right; less than 0 leaves some
///   out.
public func transposeConvolved(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, _ settings: ConvolutionSettings = .init(),
  outputPadding: Extent = 0
) -> Tensor {
  var geometry = ConvolutionGeometry(
    x, weight, settings, output: weight.shape[1] * settings.groups)
  precondition(x.shape[1] == weight.shape[0], "a convolution of \(weight.shape) to \(x.shape)")
  precondition(settings.paddingMode == .zeros, "a transposed convolution fills no padding")
  geometry.isTransposed = true
  var settings = settings
  settings.padding = x.applicable(settings.padding)
  let size = settings.transposedSize(of: x.extent, kernel: weight.extent)
  let more = x.applicable(outputPadding, otherwise: 0)
  (geometry.outputHeight, geometry.outputWidth) = (
    size.height + more.height, size.width + more.width
  )
  return convolved(x, weight: weight, bias: bias, geometry: geometry)
}

extension ConvolutionGeometry {
  /// All but the size of the output.
  fileprivate init(
    _ x: Tensor, _ weight: Tensor, _ settings: ConvolutionSettings, output: Int
  ) {
    let (kernel, size) = (weight.extent, x.extent)
    precondition(
      weight.shape.count == x.shape.count, "a convolution of \(weight.shape) over \(x.shape)")
    self.init(
      batch: x.shape[0], inputChannels: x.shape[1], inputHeight: size.height,
      inputWidth: size.width, outputChannels: output, outputHeight: 0, outputWidth: 0,
      kernelHeight: kernel.height, kernelWidth: kernel.width)
    let (stride, dilation) = (x.applicable(settings.stride), x.applicable(settings.dilation))
    let padding = x.applicable(settings.padding)
    (strideHeight, strideWidth) = (stride.height, stride.width)
    (dilationHeight, dilationWidth) = (dilation.height, dilation.width)
    (paddingTop, paddingLeft) = (padding.top, padding.left)
    groups = settings.groups
  }

  /// How far the last element of a kernel lies from the first.
  fileprivate var reach: Extent {
    Extent(
      height: (kernelHeight - 1) * dilationHeight, width: (kernelWidth - 1) * dilationWidth)
  }

  /// The same of a source in blocks.
  fileprivate var blocked: ConvolutionGeometry {
    var blocked = self
    blocked.sourceIsPlain = false
    return blocked
  }

  fileprivate var inputSize: Extent { Extent(height: inputHeight, width: inputWidth) }
  fileprivate var outputSize: Extent { Extent(height: outputHeight, width: outputWidth) }
}

/// A convolution or transposed convolution of given sizes.
///
/// - Parameters:
///   - x: Pictures, or signals as pictures of one row.
///   - weight: `[output, input / groups, …]`; transposed: `[input, output / groups, …]`.
///   - bias: `[output]`.
///   - geometry: All sizes; see `ConvolutionGeometry`.
public func convolved(
  _ x: Tensor, weight: Tensor, bias: Tensor?, geometry: ConvolutionGeometry
) -> Tensor {
  var geometry = geometry
  geometry.sourceIsPlain = x.layout == .plain && geometry.canReadPlain
  let (x, weight) = (geometry.sourceIsPlain ? x : x.blocked, weight.plain)
  let addend = bias?.plainBuffer ?? Buffer(repeating: 0, count: geometry.outputChannels)
  let shape = x.shape(channels: geometry.outputChannels, geometry.outputSize)
  if let result = Tensor.pending(
    geometry, source: x.buffer, weights: weight.buffer, bias: addend, shape: shape)
  {
    return result
  }
  let result = geometry.convolve(x.buffer, weights: weight.buffer, bias: addend)
  return Tensor.recorded(
    result, shape: shape, layout: .blocked, from: [x, weight] + (bias.map { [$0] } ?? []),
    as: .convolution(geometry)
  ) {
    let upstream = $0.blocked
    return [
      x.isTracked ? convolvedBack(upstream, weight: weight, geometry: geometry.blocked) : nil,
      weight.isTracked
        ? weightGradient(x, upstream, shape: weight.shape, geometry: geometry) : nil,
      bias?.isTracked == true ? biasGradient(upstream) : nil,
    ]
  }
}

/// The gradient of a convolution with respect to what it is given.
private func convolvedBack(_ upstream: Tensor, weight: Tensor, geometry: ConvolutionGeometry)
  -> Tensor
{
  Tensor.recorded(
    geometry.sourceGradient(upstream.buffer, weights: weight.buffer),
    shape: upstream.shape(channels: geometry.inputChannels, geometry.inputSize),
    layout: .blocked, from: [upstream, weight]
  ) { second in
    let second = second.blocked
    return [
      upstream.isTracked ? convolved(second, weight: weight, bias: nil, geometry: geometry) : nil,
      weight.isTracked
        ? weightGradient(second, upstream, shape: weight.shape, geometry: geometry) : nil,
    ]
  }
}

/// The gradient of a convolution with respect to its bias: the sum of each channel.
private func biasGradient(_ upstream: Tensor) -> Tensor {
  let (shape, size) = (upstream.shape, upstream.extent)
  let sums = upstream.buffer.channelSums(
    channels: shape[1], batch: shape[0], height: size.height, width: size.width)
  return Tensor.recorded(Buffer(sums), shape: [shape[1]], from: [upstream]) {
    let ones = [Int](repeating: 1, count: shape.count - 2)
    return [$0.reshaped([1, shape[1]] + ones).expanded(to: shape)]
  }
}

/// The gradient of a convolution with respect to its weights.
private func weightGradient(
  _ x: Tensor, _ upstream: Tensor, shape: [Int], geometry: ConvolutionGeometry
) -> Tensor {
  Tensor.recorded(
    geometry.weightsGradient(x.buffer, upstream.buffer), shape: shape, from: [x, upstream]
  ) { second in
    let second = second.plain
    return [
      x.isTracked ? convolvedBack(upstream, weight: second, geometry: geometry.blocked) : nil,
      upstream.isTracked ? convolved(x, weight: second, bias: nil, geometry: geometry) : nil,
    ]
  }
}
