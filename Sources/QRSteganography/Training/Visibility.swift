internal import Foundation
internal import Imaging

/// How well an eye sees a change of each sample of a cover.
///
/// An even sky shows what a lawn hides: a change is seen against the contrast around it, so its
/// weight falls with the square of a threshold that grows with that contrast. An edge between two
/// even areas hides nothing beside it; the mean of the logarithms of contrasts, small where only
/// few of them are large, tells it from texture.
///
/// Source: contrast masking as in the just-noticeable differences that watermarking uses; the
/// constants are ours.
enum Visibility {
  /// The half side of the square that contrast is averaged over; a module spans five pixels.
  private static let reach = 3
  /// The contrast in levels of 255 that doubles the threshold.
  private static let masking: Float = 4
  private static let largestThreshold: Float = 4
  /// A patch of chroma is seen where one of luma with twice as many levels is.
  private static let chromaWeight: Float = 4

  /// The weights of squared errors of Y, U and V: 1 for luma in even areas.
  ///
  /// - Parameter cover: A picture in the networks' range, 0…1.
  static func weights(of cover: YUVPicture) -> [Float] {
    let (width, height) = (cover.width, cover.height)
    let luma = cover.values
    var contrast = [Float](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        let across = luma[y * width + min(x + 1, width - 1)] - luma[y * width + max(x - 1, 0)]
        let down = luma[min(y + 1, height - 1) * width + x] - luma[max(y - 1, 0) * width + x]
        contrast[y * width + x] = log1p(hypot(across, down) / 2 * 255)
      }
    }
    contrast = averaged(contrast, count: height, length: width, stride: width, step: 1)
    contrast = averaged(contrast, count: width, length: height, stride: 1, step: width)
    let weights = contrast.map { mean in
      let threshold = min(largestThreshold, 1 + expm1(mean) / masking)
      return 1 / (threshold * threshold)
    }
    let chroma = weights.map { chromaWeight * $0 }
    return weights + chroma + chroma
  }

  /// Means over `reach` samples either way along lines, shorter at their ends.
  private static func averaged(
    _ values: [Float], count: Int, length: Int, stride: Int, step: Int
  ) -> [Float] {
    var result = values
    for line in 0..<count {
      for place in 0..<length {
        let window = max(0, place - reach)...min(length - 1, place + reach)
        let sum = window.reduce(Float(0)) { $0 + values[line * stride + $1 * step] }
        result[line * stride + place * step] = sum / Float(window.count)
      }
    }
    return result
  }
}
