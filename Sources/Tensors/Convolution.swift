public import Kernels

/// A two-dimensional convolution.
///
/// - Parameters:
///   - x: Blocked or plain `[batch, input, height, width]`.
///   - weight: `[output, input / groups, kernel, kernel]`; transposed: `[input, output / groups,
///     …]`.
///   - bias: `[output]`.
///   - geometry: All sizes; see `ConvolutionGeometry`.
public func convolved(_ x: Tensor, weight: Tensor, bias: Tensor, geometry: ConvolutionGeometry)
  -> Tensor
{
  let x = x.blocked
  let shape = [
    geometry.batch, geometry.outputChannels, geometry.outputHeight, geometry.outputWidth,
  ]
  let result = geometry.convolve(x.buffer, weights: weight.buffer, bias: bias.buffer)
  return Tensor.recorded(result, shape: shape, layout: .blocked, from: [x, weight, bias]) {
    let upstream = $0.blocked
    return [
      convolvedBack(upstream, weight: weight, geometry: geometry),
      weightGradient(x, upstream, shape: weight.shape, geometry: geometry),
      biasGradient(upstream),
    ]
  }
}

/// The gradient of a convolution with respect to what it is given.
private func convolvedBack(_ upstream: Tensor, weight: Tensor, geometry: ConvolutionGeometry)
  -> Tensor
{
  let shape = [
    geometry.batch, geometry.inputChannels, geometry.inputHeight, geometry.inputWidth,
  ]
  return Tensor.recorded(
    geometry.sourceGradient(upstream.buffer, weights: weight.buffer), shape: shape,
    layout: .blocked, from: [upstream, weight]
  ) { second in
    let second = second.blocked
    let none = Tensor(repeating: 0, shape: [geometry.outputChannels])
    return [
      convolved(second, weight: weight, bias: none, geometry: geometry),
      weightGradient(second, upstream, shape: weight.shape, geometry: geometry),
    ]
  }
}

/// The gradient of a convolution with respect to its bias: the sum of each channel.
private func biasGradient(_ upstream: Tensor) -> Tensor {
  let shape = upstream.shape
  let sums = upstream.buffer.channelSums(
    channels: shape[1], batch: shape[0], height: shape[2], width: shape[3])
  return Tensor.recorded(Buffer(sums), shape: [shape[1]], from: [upstream]) {
    [$0.reshaped([1, shape[1], 1, 1]).expanded(to: shape)]
  }
}

/// The gradient of a convolution with respect to its weights.
private func weightGradient(
  _ x: Tensor, _ upstream: Tensor, shape: [Int], geometry: ConvolutionGeometry
) -> Tensor {
  Tensor.recorded(
    geometry.weightsGradient(x.buffer, upstream.buffer), shape: shape, from: [x, upstream]
  ) { second in
    let none = Tensor(repeating: 0, shape: [geometry.outputChannels])
    return [
      convolvedBack(upstream, weight: second, geometry: geometry),
      convolved(x, weight: second, bias: none, geometry: geometry),
    ]
  }
}

/// The maximum of each 2×2 square; an odd last row or column is left out.
///
/// Maps `[batch, channels, height, width]` to `[batch, channels, height / 2, width / 2]`. Its
/// gradient goes to the first maximum of a square and cannot be differentiated again.
public func maxPooled(_ x: Tensor) -> Tensor {
  let x = x.blocked
  let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let planes = n * ((c + channelLanes - 1) / channelLanes)
  return Tensor.recorded(
    x.buffer.maxPooled(planes: planes, height: h, width: w), shape: [n, c, h / 2, w / 2],
    layout: .blocked, from: [x]
  ) { upstream in
    let back = x.buffer.maxPoolPullback(
      upstream.blocked.buffer, planes: planes, height: h, width: w)
    return [Tensor(back, shape: x.shape, layout: .blocked)]
  }
}
