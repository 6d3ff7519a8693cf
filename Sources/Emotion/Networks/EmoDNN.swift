public import Neural
public import Tensors

/// Changes the emotion of a face: a U-Net whose normalizations depend on the emotion wanted.
///
/// The network makes the difference to the picture given, which is then added: with its last weights
/// at 0 it begins as the identity, and a difference can be enlarged and laid over a picture that is
/// finer than the network.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, table 1. Differs from it
/// in the sum with the input; of its two kinds of conditional normalization, this is the one of the
/// batch.
public struct EmoDNN: Module {
  let condition1, condition2: Linear
  let initial: Conv2D
  let down: [ResDown<ConditionalNorm>]
  let encoderBlock, decoderBlock: ResBlock<ConditionalNorm>
  let up: [ResUp<ConditionalNorm>]
  let final: Conv2D

  public init(_ design: EmotionDesign, emotions: Int) {
    let (widths, size) = (design.generatorWidths, design.condition)
    let steps = zip(widths, widths.dropFirst())
    let last = widths[widths.count - 1]
    func norm(_ channels: Int) -> ConditionalNorm { ConditionalNorm(channels, condition: size) }
    condition1 = Linear(emotions, size)
    condition2 = Linear(size, size)
    initial = convolution(design.channels, widths[0], kernel: 3, .spectralNorm())
    down = steps.map { ResDown($0, $1, .spectralNorm(), norm: norm) }
    encoderBlock = ResBlock(last, .spectralNorm(), norm: norm)
    decoderBlock = ResBlock(last, .spectralNorm(), norm: norm)
    up = steps.reversed().map { finer, coarser in
      ResUp(coarser, finer, skip: finer, .spectralNorm(), norm: norm)
    }
    // Spectral normalization would give the last convolution a slope of 1 from the start.
    final = Conv2D(widths[0], design.channels, kernel: 3, gain: 0)
  }

  /// Begins anew, as ``Neural/Module/initialize(seed:)``, with scales of normalizations around 1.
  func begin(seed: UInt64) {
    initialize(seed: seed)
    for (name, parameter) in parameters where name.hasSuffix(".fcw.bias") {
      parameter.value = parameter.value + 1
    }
  }

  /// Maps pictures `[batch, channels, height, width]`, values 0…1, and emotions `[batch, emotions]`,
  /// 1 for the one wanted and 0 for the others, to pictures.
  public func callAsFunction(_ pictures: Tensor, emotions: Tensor) -> Tensor {
    let condition = gelu(condition2(gelu(condition1(emotions))))
    var x = initial(pictures)
    var skips: [Tensor] = []
    for block in down {
      skips.append(x)
      x = block(x, condition)
    }
    x = decoderBlock(encoderBlock(x, condition), condition)
    for (block, skip) in zip(up, skips.reversed()) { x = block(x, skip: skip, condition) }
    return pictures + final(elu(x))
  }
}
