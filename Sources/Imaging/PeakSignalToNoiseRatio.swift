public import MediaTypes
import Foundation

/// The mean squared difference of two pictures of one size, over all pixels and over red, green and
/// blue, in 8-bit units as a screen would show them.
///
/// Both are converted by their own range, matrix and depth, without rounding; alpha does not count.
public func meanSquaredDifference(_ a: Picture, _ b: Picture) -> Double {
  precondition(
    a.width == b.width && a.height == b.height,
    "\(a.width)×\(a.height) compared with \(b.width)×\(b.height)")
  var (first, second) = (RGBRows(of: a), RGBRows(of: b))
  var sum = 0.0
  for y in 0..<a.height {
    first.load(y)
    second.load(y)
    sum += Double(
      squares(first.red, second.red) + squares(first.green, second.green)
        + squares(first.blue, second.blue))
  }
  return sum / Double(3 * a.width * a.height)
}

/// The peak signal-to-noise ratio of two pictures in decibels; infinite if they look the same.
///
/// 10 log₁₀ (255² / ``meanSquaredDifference(_:_:)``): one mean over all three channels, as OpenCV
/// and scikit-image have it for RGB pictures.
public func peakSignalToNoiseRatio(_ a: Picture, _ b: Picture) -> Double {
  peakSignalToNoiseRatio(meanSquaredDifference: meanSquaredDifference(a, b))
}

/// The ratio in decibels for a mean squared difference in 8-bit units, for instance over a clip.
public func peakSignalToNoiseRatio(meanSquaredDifference: Double) -> Double {
  10 * log10(255 * 255 / meanSquaredDifference)
}

/// Eight sums side by side, so that the loop is vectorised though floats do not associate.
private func squares(_ a: [Float], _ b: [Float]) -> Float {
  var sums = SIMD8<Float>.zero
  let whole = a.count / 8 * 8
  for start in stride(from: 0, to: whole, by: 8) {
    var difference = SIMD8<Float>.zero
    for lane in 0..<8 { difference[lane] = a[start + lane] - b[start + lane] }
    sums += difference * difference
  }
  var sum = sums.sum()
  for x in whole..<a.count { sum += (a[x] - b[x]) * (a[x] - b[x]) }
  return sum
}
