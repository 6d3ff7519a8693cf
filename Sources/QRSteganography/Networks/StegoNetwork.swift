public import Neural
public import Tensors

/// The pairs of networks that ship.
public enum StegoModelName: String, CaseIterable, Hashable, Sendable {
  /// The paper's pair: FC-DenseNet103 hides, FC-DenseNet56 reads.
  case dense103
  /// A pair of the same blocks with a fiftieth of the operations.
  case denseFast = "dense-fast"
}

/// Two networks: one that hides the picture of a code in a cover, one that finds it again.
///
/// | Quantity | Shape | Range |
/// |---|---|---|
/// | cover, marked | `[batch, 3, size, size]` | Y, U and V in 0…1, U and V around ½ |
/// | code | `[batch, 1, size, size]` | 0 light, 1 dark |
/// | residual | `[batch, 3, size, size]` | less than 0.04, 0.02 and 0.02 either way |
/// | logits | `[batch, 1, size, size]` | positive where dark |
///
/// Source: the steganography paper's tables 2 and 3: FC-DenseNet103 over the YUV cover and the code
/// (depth 4), residual (0.04, 0.02, 0.02) × sigmoid, FC-DenseNet56 over the marked picture. What it
/// leaves open: growth 16 and 12, first width 48 (Jégou et al. 2017, table 2 and section 4.1, whose
/// names those networks are), no dropout (a residual is to be exact), working size 128 × 128,
/// inputs centred and scaled to about −2…2. Differs from it in that each channel's mean is taken
/// out of the residual: an even shift carries nothing, and costs half the permitted error.
public struct StegoNetwork: Module {
  public let encoder, decoder: FCDenseNet
  private let design: StegoDesign

  public init(_ name: StegoModelName) {
    design = StegoDesign.of(name)
    encoder = FCDenseNet(design.encoder)
    decoder = FCDenseNet(design.decoder)
  }

  /// What to add to a cover so that it carries a code.
  ///
  /// - Parameter recomputing: See ``Neural/FCDenseNet/callAsFunction(_:recomputing:)``.
  public func residual(cover: Tensor, code: Tensor, recomputing: Bool = false) -> Tensor {
    let input = concatenated([scaled(cover), 2 * code - 1], axis: 1)
    let made = sigmoid(through(encoder, input, recomputing)) * StegoDesign.amplitude
    return made - made.mean(axes: [2, 3])
  }

  /// How surely each pixel of a marked picture lies under a dark module.
  ///
  /// - Parameter recomputing: See ``Neural/FCDenseNet/callAsFunction(_:recomputing:)``.
  public func logits(marked: Tensor, recomputing: Bool = false) -> Tensor {
    through(decoder, scaled(marked), recomputing)
  }

  private func scaled(_ picture: Tensor) -> Tensor { (picture - 0.5) * StegoDesign.inputScale }

  /// A network's answer on pixels that are gathered into squares, if the design does that.
  private func through(_ network: FCDenseNet, _ x: Tensor, _ recomputing: Bool) -> Tensor {
    guard design.square > 1 else { return network(x, recomputing: recomputing).plain }
    return network(x.pixelUnshuffled(design.square), recomputing: recomputing)
      .pixelShuffled(design.square)
  }
}

/// The numbers of a pair of networks.
public struct StegoDesign: Sendable {
  /// The side of the square picture that the networks work on.
  public static let workingSize = 128
  /// The paper's weights of Y, U and V.
  static var amplitude: Tensor { Tensor([0.04, 0.02, 0.02], shape: [1, 3, 1, 1]) }
  static var inputScale: Tensor { Tensor([4, 8, 8], shape: [1, 3, 1, 1]) }

  public let encoder, decoder: FCDenseNet.Design
  /// The side of the squares of pixels whose values become channels before a network, and pixels
  /// again behind it.
  public let square: Int

  public static func of(_ name: StegoModelName) -> StegoDesign {
    switch name {
    case .dense103:
      StegoDesign(
        encoder: .dense103(input: 4, output: 3), decoder: .dense56(input: 3, output: 1), square: 1)
    case .denseFast:
      StegoDesign(
        encoder: .init(
          input: 16, output: 12, first: 32, growth: 16, down: [2, 3, 4], bottom: 4, crop: .leading),
        decoder: .init(
          input: 12, output: 4, first: 32, growth: 16, down: [3, 4, 5], bottom: 5, crop: .leading),
        square: 2)
    }
  }

  /// Multiplications with addition of encoder and decoder on one frame.
  public var multiplications: (encoder: Int, decoder: Int) {
    let side = StegoDesign.workingSize / square
    return (
      encoder.multiplications(height: side, width: side),
      decoder.multiplications(height: side, width: side)
    )
  }
}
