internal import Kernels

/// Where a batch normalization takes its mean and variance from.
public enum NormalizationStatistics {
  /// From the batch; what was found is handed to the closure: mean and unbiased variance per
  /// channel.
  case batch(found: (_ mean: [Float], _ variance: [Float]) -> Void)
  /// From earlier batches.
  case fixed(mean: Tensor, variance: Tensor)
}

/// What a layer of a dense block computes with: normalization, ReLU, convolution.
public struct DenseLayer {
  /// `[input]`.
  public let gamma, beta: Tensor
  public let statistics: NormalizationStatistics
  /// `[output, input, kernel, kernel]`, an odd kernel of stride 1 whose padding keeps the size.
  public let weight: Tensor
  /// `[output]`.
  public let bias: Tensor

  /// The number added to a variance, PyTorch's default.
  public static let epsilon = 1e-5

  public init(
    gamma: Tensor, beta: Tensor, statistics: NormalizationStatistics, weight: Tensor, bias: Tensor
  ) {
    self.gamma = gamma
    self.beta = beta
    self.statistics = statistics
    self.weight = weight
    self.bias = bias
  }

  fileprivate var parameters: [Tensor] { [gamma, beta, weight, bias] }
}

/// Which maps of a dense block go on.
public enum DenseOutput: Sendable {
  /// What came in, then what each layer made.
  case all
  /// Only what the layers made.
  case new
}

/// Layers that each read everything before them and add their own maps.
///
/// Input and new maps stand in one buffer from the start; each layer reads its head and writes
/// behind it. Nothing else is kept for the pullback, which maps and normalizes again band by band.
/// Batch statistics are taken once per map, when it is made, and serve every layer that reads it.
///
/// Source: Huang et al. 2017, arXiv:1608.06993; memory as in Pleiss et al. 2017, arXiv:1707.06990.
///
/// - Parameters:
///   - inputs: `[batch, channels, height, width]` each; read as if concatenated.
///   - layers: Layer i reads `channels + Σ outputs of layers before` maps.
public func denseBlock(_ inputs: [Tensor], layers: [DenseLayer], output: DenseOutput) -> Tensor {
  let block = SharedMaps(inputs: inputs.map(\.blocked), layers: layers)
  for index in layers.indices { block.run(index) }
  let result =
    switch output {
    case .all: block.maps
    case .new: block.taken(from: block.inputChannels, block.channels - block.inputChannels)
    }
  let shape = [
    block.batch, output == .all ? block.channels : block.channels - block.inputChannels,
    block.height, block.width,
  ]
  let sources = block.inputs + layers.flatMap(\.parameters)
  return Tensor.recorded(
    result, shape: shape, layout: .blocked, from: sources,
    as: .denseBlock(inputs: block.inputs, layers: layers, output: output)
  ) { upstream in
    Recording.isOn
      ? pulledBack(
        upstream, through: { DenseLayer.composed($0, layers: layers, output: output) }, to: sources)
      : block.pullback(upstream.blocked, output: output)
  }
}

/// Normalization, ReLU and convolution fused into one: ``denseBlock(_:layers:output:)`` of a single
/// layer.
public func normalizedConvolution(_ x: Tensor, layer: DenseLayer) -> Tensor {
  denseBlock([x], layers: [layer], output: .new)
}

/// The one buffer of a dense block and what its pullback needs.
private final class SharedMaps {
  let inputs: [Tensor]
  let layers: [DenseLayer]
  let batch, height, width, inputChannels, channels: Int
  let maps: Buffer
  private let sums: ChannelSums
  private var means: [[Double]] = []
  private var deviations: [[Double]] = []
  private var affine: [(scale: Buffer, shift: Buffer)] = []

  init(inputs: [Tensor], layers: [DenseLayer]) {
    self.inputs = inputs
    self.layers = layers
    batch = inputs[0].shape[0]
    height = inputs[0].shape[2]
    width = inputs[0].shape[3]
    inputChannels = inputs.reduce(0) { $0 + $1.shape[1] }
    let outputs = layers.map { $0.weight.shape[0] }
    channels = inputChannels + outputs.reduce(0, +)
    // Lanes that are read before they are written must hold numbers: 0 · NaN is not 0.
    let size = blockedCount(batch: batch, channels: channels, height: height, width: width)
    let isEven = (inputs.map { $0.shape[1] } + outputs).allSatisfy { $0 % channelLanes == 0 }
    maps = isEven ? Buffer(count: size) : Buffer(repeating: 0, count: size)
    sums = ChannelSums(channels: padded(channels))
    var start = 0
    let counts = layers.contains { $0.takesBatchStatistics } ? sums : nil
    for input in inputs {
      precondition(
        input.shape[0] == batch && input.shape[2] == height && input.shape[3] == width,
        "a dense block over \(inputs.map(\.shape))")
      NormalizedConvolution.place(
        input.buffer, channels: input.shape[1], batch: batch, height: height, width: width,
        into: .init(maps, channels: channels, offset: start), sums: counts)
      start += input.shape[1]
    }
  }

  /// The channel at which layer `index` writes: it reads all before.
  private func offset(_ index: Int) -> Int {
    inputChannels + layers[..<index].reduce(0) { $0 + $1.weight.shape[0] }
  }

  private func geometry(_ index: Int) -> NormalizedConvolution {
    let shape = layers[index].weight.shape
    precondition(
      shape[1] == offset(index), "layer \(index) of \(shape) reads \(offset(index)) maps")
    return NormalizedConvolution(
      batch: batch, height: height, width: width, inputChannels: shape[1],
      outputChannels: shape[0], kernel: shape[2])
  }

  func run(_ index: Int) {
    let layer = layers[index]
    let read = offset(index)
    let (mean, variance) = statistics(of: layer, channels: read)
    let deviation = variance.map { ($0 + DenseLayer.epsilon).squareRoot() }
    let (gamma, beta) = (layer.gamma.array, layer.beta.array)
    var scale = [Float](repeating: 0, count: padded(read))
    var shift = scale
    for channel in 0..<read {
      let a = Double(gamma[channel]) / deviation[channel]
      scale[channel] = Float(a)
      shift[channel] = Float(Double(beta[channel]) - a * mean[channel])
    }
    means.append(mean)
    deviations.append(deviation)
    affine.append((Buffer(scale), Buffer(shift)))
    let needsSums = layers[(index + 1)...].contains { $0.takesBatchStatistics }
    geometry(index).forward(
      source: .init(maps, channels: channels), scale: affine[index].scale,
      shift: affine[index].shift, weights: layer.weight.buffer, bias: layer.bias.buffer,
      target: .init(maps, channels: channels, offset: read), sums: needsSums ? sums : nil)
  }

  private func statistics(of layer: DenseLayer, channels read: Int) -> ([Double], [Double]) {
    switch layer.statistics {
    case .fixed(let mean, let variance):
      return (mean.array.map { Double($0) }, variance.array.map { Double($0) })
    case .batch(let found):
      let count = Double(batch * height * width)
      let mean = sums.first.prefix(read).map { $0 / count }
      let variance = zip(sums.second.prefix(read), mean).map { max(0, $0 / count - $1 * $1) }
      found(mean.map { Float($0) }, variance.map { Float($0 * count / max(1, count - 1)) })
      return (mean, variance)
    }
  }

  func taken(from offset: Int, _ count: Int) -> Buffer {
    if offset == 0, count == channels { return maps }
    return NormalizedConvolution.take(
      .init(maps, channels: channels, offset: offset), channels: count, batch: batch,
      height: height, width: width)
  }

  /// The gradients of the inputs, then of each layer's parameters in order.
  func pullback(_ upstream: Tensor, output: DenseOutput) -> [Tensor?] {
    let gradient: Buffer
    switch output {
    case .all: gradient = upstream.buffer.copied
    case .new:
      gradient = Buffer(repeating: 0, count: maps.count)
      NormalizedConvolution.place(
        upstream.buffer, channels: upstream.shape[1], batch: batch, height: height, width: width,
        into: .init(gradient, channels: channels, offset: inputChannels), sums: nil)
    }
    // What batch statistics add to the gradient of a map is affine in the map: collected here,
    // added when it is read.
    var constant = [Double](repeating: 0, count: padded(channels))
    var slope = constant
    var parameters: [[Tensor]] = []
    for index in layers.indices.reversed() {
      let layer = layers[index]
      let found = geometry(index).backward(
        upstream: .init(gradient, channels: channels, offset: offset(index)),
        correction: (Buffer(constant.floats), Buffer(slope.floats), maps),
        source: .init(maps, channels: channels), scale: affine[index].scale,
        shift: affine[index].shift, weights: layer.weight.buffer,
        gradient: .init(gradient, channels: channels), fresh: false)
      let (first, second) = (found.sums.first, found.sums.second)
      let scale = affine[index].scale
      let count = Double(batch * height * width)
      var gamma: [Float] = []
      for channel in 0..<offset(index) {
        let (mean, deviation) = (means[index][channel], deviations[index][channel])
        let along = (second[channel] - mean * first[channel]) / deviation  // Σ d·x̂
        gamma.append(Float(along))
        guard layer.takesBatchStatistics else { continue }
        let a = Double(scale[channel])
        constant[channel] += a / count * (along * mean / deviation - first[channel])
        slope[channel] -= a / count * along / deviation
      }
      parameters.append([
        Tensor(gamma, shape: layer.gamma.shape),
        Tensor(first.prefix(gamma.count).map { Float($0) }, shape: layer.beta.shape),
        Tensor(taking: found.weights, shape: layer.weight.shape),
        Tensor(taking: found.bias, shape: layer.bias.shape),
      ])
    }
    gradient.correct(
      maps, constant: Buffer(constant.floats), slope: Buffer(slope.floats),
      channels: inputChannels, batch: batch, pixels: height * width)
    return inputGradients(gradient) + parameters.reversed().joined()
  }

  private func inputGradients(_ gradient: Buffer) -> [Tensor] {
    var start = 0
    return inputs.map { input in
      defer { start += input.shape[1] }
      let part = NormalizedConvolution.take(
        .init(gradient, channels: channels, offset: start), channels: input.shape[1],
        batch: batch, height: height, width: width)
      return Tensor(part, shape: input.shape, layout: .blocked)
    }
  }
}

extension DenseLayer {
  fileprivate var takesBatchStatistics: Bool {
    if case .batch = statistics { true } else { false }
  }
}

extension [Double] {
  fileprivate var floats: [Float] { map { Float($0) } }
}

private func padded(_ channels: Int) -> Int {
  (channels + channelLanes - 1) / channelLanes * channelLanes
}
