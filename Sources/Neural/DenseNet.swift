public import Tensors

/// Normalization, ReLU and a convolution that keeps the size.
///
/// The layer of Jégou et al. 2017, arXiv:1611.09326, table 1, without its dropout.
public struct NormReLUConv: Module {
  public let norm: BatchNorm
  public let conv: Conv2D

  public init(_ input: Int, _ output: Int, kernel: Int) {
    norm = BatchNorm(input)
    conv = Conv2D(input, output, kernel: Extent(kernel))
  }

  fileprivate var layer: DenseLayer { denseLayer(norm, conv) }

  /// Maps `[batch, input, height, width]` to `[batch, output, height, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { normalizedConvolution(x, layer: layer) }
}

/// Layers of 3×3 convolutions that each read everything before them.
public struct DenseBlock: Module {
  public let layers: [NormReLUConv]

  /// - Parameters:
  ///   - input: Channels given.
  ///   - growth: Channels that each layer adds.
  ///   - count: Number of layers.
  public init(_ input: Int, growth: Int, count: Int) {
    layers = (0..<count).map { NormReLUConv(input + $0 * growth, growth, kernel: 3) }
  }

  /// Maps tensors of one size, read as if concatenated, to all maps or to the new ones.
  public func callAsFunction(_ inputs: Tensor..., output: DenseOutput) -> Tensor {
    denseBlock(inputs, layers: layers.map(\.layer), output: output)
  }
}

/// Halves the size: normalization, ReLU, 1×1 convolution, 2×2 maximum.
public struct TransitionDown: Module {
  public let norm: BatchNorm
  public let conv: Conv2D

  public init(_ channels: Int) {
    norm = BatchNorm(channels)
    conv = Conv2D(channels, channels, kernel: 1)
  }

  /// Maps `[batch, channels, height, width]` to `[batch, channels, height / 2, width / 2]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    maxPooled(normalizedConvolution(x, layer: denseLayer(norm, conv)))
  }
}

/// A normalization and a convolution as the fused operation takes them.
private func denseLayer(_ norm: BatchNorm, _ conv: Conv2D) -> DenseLayer {
  DenseLayer(
    gamma: norm.scale, beta: norm.shift, statistics: norm.statistics,
    weight: conv.weight(),
    bias: conv.bias?.value ?? Tensor(repeating: 0, shape: [conv.weight.shape[0]]))
}

/// Doubles the size: a transposed 3×3 convolution of stride 2, cut to the size of the skip it
/// meets.
public struct TransitionUp: Module {
  /// Which of the one row and column too many is left out.
  public enum Crop: Int, Sendable {
    /// The last, as Jégou's original does.
    case trailing = 0
    /// The first, which centres each kernel on its pixel.
    case leading = 1
  }

  public let conv: ConvTranspose2D

  public init(_ channels: Int, crop: Crop) {
    conv = ConvTranspose2D(
      channels, channels, kernel: 3, stride: 2,
      padding: Padding(top: crop.rawValue, left: crop.rawValue))
  }

  /// Maps `[batch, channels, height, width]` to the height and width of `skip`.
  public func callAsFunction(_ x: Tensor, skip: Tensor) -> Tensor {
    conv(x, size: skip.extent)
  }
}

/// A fully convolutional dense network: a U-shape of dense blocks.
///
/// On the way up only the new maps of a block are enlarged; the last block hands on everything.
///
/// Source: Jégou et al. 2017, arXiv:1611.09326, figure 1 and table 2. Differs from it in the
/// missing dropout, and in that the output has no softmax.
public struct FCDenseNet: Module {
  /// The numbers that make one network of the family.
  public struct Design: Hashable, Sendable {
    public var input, output: Int
    /// Channels of the first convolution.
    public var first: Int
    public var growth: Int
    /// Layers per block on the way down, finest first; the way up mirrors it.
    public var down: [Int]
    public var bottom: Int
    public var crop: TransitionUp.Crop

    public init(
      input: Int, output: Int, first: Int, growth: Int, down: [Int], bottom: Int,
      crop: TransitionUp.Crop = .trailing
    ) {
      self.input = input
      self.output = output
      self.first = first
      self.growth = growth
      self.down = down
      self.bottom = bottom
      self.crop = crop
    }

    /// FC-DenseNet103: blocks 4-5-7-10-12, 15, 12-10-7-5-4; growth 16, first 48 (Jégou et al.,
    /// table 2).
    public static func dense103(input: Int, output: Int) -> Design {
      Design(
        input: input, output: output, first: 48, growth: 16, down: [4, 5, 7, 10, 12], bottom: 15)
    }

    /// FC-DenseNet56: eleven blocks of 4 layers; growth 12, first 48 (Jégou et al., section 4.1).
    public static func dense56(input: Int, output: Int) -> Design {
      Design(
        input: input, output: output, first: 48, growth: 12, down: [4, 4, 4, 4, 4], bottom: 4)
    }
  }

  public let first: Conv2D
  public let down: [DenseBlock]  // finest first
  public let shrink: [TransitionDown]
  public let bottom: DenseBlock
  public let grow: [TransitionUp]  // coarsest first
  public let up: [DenseBlock]
  public let last: Conv2D

  public init(_ design: Design) {
    var channels = design.first
    var skips: [Int] = []
    var down: [DenseBlock] = []
    for count in design.down {
      down.append(DenseBlock(channels, growth: design.growth, count: count))
      channels += count * design.growth
      skips.append(channels)
    }
    var made = design.bottom * design.growth
    var grow: [TransitionUp] = []
    var up: [DenseBlock] = []
    for (count, skip) in zip(design.down, skips).reversed() {
      grow.append(TransitionUp(made, crop: design.crop))
      up.append(DenseBlock(made + skip, growth: design.growth, count: count))
      channels = made + skip + count * design.growth
      made = count * design.growth
    }
    first = Conv2D(design.input, design.first, kernel: 3)
    self.down = down
    shrink = skips.map { TransitionDown($0) }
    bottom = DenseBlock(skips[skips.count - 1], growth: design.growth, count: design.bottom)
    self.grow = grow
    self.up = up
    last = Conv2D(channels, design.output, kernel: 1, gain: 0.1)
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, height, width]`, of any size that can
  /// be halved so often.
  ///
  /// - Parameter recomputing: Whether only what goes from stage to stage is kept for the gradient,
  ///   which then takes another forward pass.
  public func callAsFunction(_ picture: Tensor, recomputing: Bool = false) -> Tensor {
    func stage(
      _ inputs: [Tensor], _ modules: [any Module], _ body: @escaping ([Tensor]) -> Tensor
    ) -> Tensor {
      recomputing ? recomputed(inputs, through: modules, body) : body(inputs)
    }
    var x = first(picture)
    var skips: [Tensor] = []
    for (block, shrink) in zip(down, shrink) {
      x = block(x, output: .all)
      skips.append(x)
      x = stage([x], [shrink]) { shrink($0[0]) }
    }
    x = stage([x], [bottom]) { [bottom] in bottom($0[0], output: .new) }
    for (level, (grow, block)) in zip(grow, up).enumerated() {
      let skip = skips[skips.count - 1 - level]
      let output: DenseOutput = level == up.count - 1 ? .all : .new
      x = stage([x, skip], [grow, block]) { block(grow($0[0], skip: $0[1]), $0[1], output: output) }
    }
    return last(x)
  }
}
