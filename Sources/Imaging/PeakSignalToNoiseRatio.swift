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
  // One sum per column: the loops run over neighbours, and no sum takes more than a picture's rows.
  var sums = [Float](repeating: 0, count: a.width)
  for y in 0..<a.height {
    first.load(y)
    second.load(y)
    addSquares(first.red, second.red, to: &sums)
    addSquares(first.green, second.green, to: &sums)
    addSquares(first.blue, second.blue, to: &sums)
  }
  return sums.reduce(0.0) { $0 + Double($1) } / Double(3 * a.width * a.height)
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

private func addSquares(_ a: [Float], _ b: [Float], to sums: inout [Float]) {
  let first = a.span
  let second = b.span
  var sums = sums.mutableSpan
  for x in sums.indices {
    let difference = first[x] - second[x]
    sums[x] += difference * difference
  }
}
