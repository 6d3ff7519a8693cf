public import Neural
public import Tensors

/// From pictures to numbers: an initial convolution, blocks that halve the size, a block at the
/// smallest size, an output convolution and the mean of what it makes.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, tables 2 and 3, which
/// give the order of the parts. Differs from it in a last normalization and ELU before the output
/// convolution, which blocks that begin with theirs want.
struct ResidualEncoder<Norm: BlockNorm>: Module where Norm.Condition == Void {
  let initial: Conv2D
  let down: [ResDown<Norm>]
  let middle: ResBlock<Norm>
  let norm: Norm
  let output: Conv2D

  /// - Parameters:
  ///   - widths: Channels at each size, largest first.
  ///   - outputs: Numbers made of each picture.
  init(
    channels: Int, widths: [Int], outputs: Int, _ reparametrization: Reparametrization,
    norm: (Int) -> Norm
  ) {
    initial = convolution(channels, widths[0], kernel: 3, reparametrization)
    down = zip(widths, widths.dropFirst()).map { ResDown($0, $1, reparametrization, norm: norm) }
    let last = widths[widths.count - 1]
    middle = ResBlock(last, reparametrization, norm: norm)
    self.norm = norm(last)
    output = Conv2D(last, outputs, kernel: 1, reparametrization: reparametrization)
  }

  /// Maps `[batch, channels, height, width]` to `[batch, outputs]`.
  func callAsFunction(_ pictures: Tensor) -> Tensor {
    let features = down.reduce(initial(pictures)) { $1($0, ()) }
    let maps = output(elu(norm.normalized(middle(features, ()), ())))
    return maps.mean(axes: [2, 3], keepDims: false)
  }
}

/// Classifier A: the residual encoder of table 3, with batch normalization.
///
/// Each picture is brought to mean 0 and deviation 1 first, so that its light does not count.
public struct ResidualClassifier: ClassifierNetwork {
  let encoder: ResidualEncoder<BatchNorm>

  public init(_ design: EmotionDesign, emotions: Int) {
    encoder = ResidualEncoder(
      channels: design.channels, widths: design.classifierWidths, outputs: emotions, .none
    ) { BatchNorm($0) }
  }

  public func logits(_ pictures: Tensor, dropout _: UInt64?) -> Tensor {
    encoder(pictures.standardized(lastAxes: 3, epsilon: 1e-4))
  }
}

/// What tells real pictures from made ones: the encoder of table 2, with spectral normalization.
///
/// Its blocks normalize by instance: a gradient penalty wants a score that depends on its own
/// picture only.
public struct EmotionDiscriminator: Module {
  let encoder: ResidualEncoder<InstanceNorm>

  public init(_ design: EmotionDesign) {
    encoder = ResidualEncoder(
      channels: design.channels, widths: design.discriminatorWidths, outputs: 1, .spectralNorm()
    ) { InstanceNorm($0, affine: true) }
  }

  /// Maps `[batch, channels, height, width]` to scores `[batch, 1]`, high for what seems real.
  public func callAsFunction(_ pictures: Tensor) -> Tensor { encoder(pictures) }
}
