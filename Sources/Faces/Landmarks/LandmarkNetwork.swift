internal import Imaging
internal import Neural
internal import Tensors

/// Finds 68 points in a crop of a face: a residual network that says how far each point is from
/// where the mean face has it.
///
/// 24 million multiplications for a crop of 64 × 64. Our own; the blocks are those of He et al. 2016,
/// arXiv:1603.05027, figure 4e.
struct LandmarkNetwork: Module {
  /// The side of a crop, in samples.
  static let side = 64
  /// How the mean face lies in a crop.
  static let template = FaceTemplate.landmarks(coverage: 0.7)

  let stem: Conv2D
  let blocks: [ResidualBlock]  // finest first
  let widen: [NormReLUConv]
  let head: NormReLUConv
  let points: Linear
  private let mean: Tensor

  init() {
    mean = Tensor(Self.template.points.flatMap { [Float($0.x), Float($0.y)] }, shape: [136])
    let widths = [16, 32, 64]
    stem = Conv2D(3, widths[0], kernel: 3, stride: 2)
    blocks = widths.map { ResidualBlock($0) }
    widen = zip(widths, widths.dropFirst()).map { NormReLUConv($0, $1, kernel: 3) }
    head = NormReLUConv(widths[2], 32, kernel: 1)
    points = Linear(32 * 64, 136)
  }

  /// Maps red, green and blue in 0…1, `[batch, 3, 64, 64]`, to places as fractions of the crop,
  /// `[batch, 136]`: each point's `x`, then its `y`.
  func callAsFunction(_ pictures: Tensor) -> Tensor {
    var x = stem(pictures.affine(scale: 4, shift: -2))
    for (level, block) in blocks.enumerated() {
      x = block(x)
      if level < widen.count { x = maxPooled(widen[level](x)) }
    }
    let shifts = points(head(x).reshaped([pictures.shape[0], 32 * 64]))
    return 0.1 * shifts + mean
  }

  /// Points of the network in samples of the crop.
  static func landmarks(_ values: ArraySlice<Float>) -> Landmarks {
    let values = values.map { Double($0) * Double(side) - 0.5 }
    return Landmarks((0..<68).map { Point(x: values[2 * $0], y: values[2 * $0 + 1]) })
  }
}
