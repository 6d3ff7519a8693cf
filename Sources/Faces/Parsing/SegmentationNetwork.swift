internal import Imaging
internal import Neural
internal import Tensors

/// Tells the regions of a face apart in a crop around it: a U-Net at half the crop's size.
///
/// 45 million multiplications for a crop of 96 × 96. Our own; the blocks are those of He et al. 2016,
/// arXiv:1603.05027, figure 4e, the shape that of Ronneberger et al. 2015, arXiv:1505.04597.
struct SegmentationNetwork: Module {
  /// The side of a crop, in samples.
  static let side = 96
  /// How the mean face lies in a crop, with its hair.
  static let template = FaceTemplate.landmarks(coverage: 0.55, shift: 0.06)

  let stem: Conv2D
  let down: [ResidualBlock]  // finest first
  let widen: [NormReLUConv]
  let narrow: [NormReLUConv]  // finest first
  let up: [ResidualBlock]
  let head: NormReLUConv

  init() {
    let widths = [16, 32, 64, 64]
    let steps = Array(zip(widths, widths.dropFirst()))
    stem = Conv2D(3, widths[0], kernel: 5, stride: 2)
    down = widths.map { ResidualBlock($0) }
    widen = steps.map { NormReLUConv($0, $1, kernel: 3) }
    narrow = steps.map { NormReLUConv($1, $0, kernel: 1) }
    up = steps.map { finer, _ in ResidualBlock(finer) }
    head = NormReLUConv(widths[0], FaceRegion.allCases.count, kernel: 1)
  }

  /// Maps red, green and blue in 0…1, `[batch, 3, 96, 96]`, to logits `[batch, regions, 96, 96]`.
  func callAsFunction(_ pictures: Tensor) -> Tensor {
    var x = stem(pictures.affine(scale: 4, shift: -2))
    var skips: [Tensor] = []
    for (block, widen) in zip(down, widen) {
      x = block(x)
      skips.append(x)
      x = maxPooled(widen(x))
    }
    x = down[down.count - 1](x)
    for level in up.indices.reversed() {
      let skip = skips[level]
      x = up[level](narrow[level](x).resized(to: skip.extent, .nearest) + skip)
    }
    return head(x).resized(to: pictures.extent, .bilinear(alignCorners: false))
  }
}
