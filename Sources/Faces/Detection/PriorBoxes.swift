/// The boxes at which a map of SSD looks: the same ones about each of its places.
///
/// Source: Liu et al. 2016, "SSD: Single shot multibox detector", arXiv:1512.02325, section 2.2.
struct PriorBoxes {
  /// Samples of the picture from one place to the next.
  let step: Float
  /// Widths and heights in samples of the picture, the smallest square first.
  let sizes: [SIMD2<Float>]

  /// Two squares, and boxes of the area of the smaller one that are wider or higher than it.
  init(from smallest: Float, to next: Float, step: Float, ratios: [Float]) {
    self.step = step
    let squares = [smallest, (smallest * next).squareRoot()].map { SIMD2($0, $0) }
    sizes =
      squares
      + ratios.flatMap { ratio in
        [ratio, 1 / ratio].map {
          SIMD2(smallest * $0.squareRoot(), smallest / $0.squareRoot())
        }
      }
  }

  /// Of ``SSDNetwork``'s maps, finest first.
  static let all = [
    PriorBoxes(from: 30, to: 60, step: 8, ratios: [2]),
    PriorBoxes(from: 60, to: 111, step: 16, ratios: [2, 3]),
    PriorBoxes(from: 111, to: 162, step: 32, ratios: [2, 3]),
    PriorBoxes(from: 162, to: 213, step: 64, ratios: [2, 3]),
    PriorBoxes(from: 213, to: 264, step: 100, ratios: [2]),
    PriorBoxes(from: 264, to: 315, step: 300, ratios: [2]),
  ]
}
