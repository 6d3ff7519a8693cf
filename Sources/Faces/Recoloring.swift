internal import Foundation
internal import Imaging
internal import Neural

/// How much a training crop may change in colour and sharpness; what it shows stays where it is.
struct Recoloring {
  /// The shares of crops that lose their colour, and that are blurred.
  let grayShare, blurShare: Float
  /// Standard deviations of the logarithm of the exponent, of a channel's factor and of what is added.
  let gamma, gain, lift: Float

  /// - Parameter crop: Red, green and blue in 0…1.
  func callAsFunction(_ crop: inout Raster, using generator: inout SplitMix64) {
    if generator.unit() < grayShare {
      let luma = crop.luma.values
      crop.values = luma + luma + luma
    }
    if generator.unit() < blurShare {
      crop = crop.blurred(deviation: Double(0.4 + generator.unit()))
    }
    let exponent = exp(gamma * generator.normal())
    let gains = (0..<3).map { _ in 1 + gain * generator.normal() }
    let added = lift * generator.normal()
    let area = crop.area
    crop.values = crop.values.enumerated().map { index, value in
      max(0, min(1, gains[index / area] * pow(value, exponent) + added))
    }
  }
}
