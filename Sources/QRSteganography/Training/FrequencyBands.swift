internal import Foundation
internal import Neural
internal import Tensors

/// The mark seen by frequency: what attacks leave of it, and what stands in for codecs early in
/// training.
///
/// Codecs have no gradient. Passing the gradient through as if nothing had happened lets the
/// encoder put its mark where a codec removes it all; so the gradient of each band of frequencies
/// is multiplied with the share of the mark that is measured to have survived there.
enum FrequencyBands {
  static let side = StegoDesign.workingSize

  /// The orthonormal cosine transform (DCT-II) as a matrix.
  static func transform() -> Matrix { Matrix(coefficients, rows: side, columns: side) }
  static func inverse() -> Matrix {
    let own = coefficients
    return Matrix(
      (0..<side * side).map { own[$0 % side * side + $0 / side] }, rows: side, columns: side)
  }

  private static let coefficients: [Float] = (0..<side * side).map { index in
    let (row, column) = (index / side, index % side)
    let scale = (row == 0 ? 1 : 2) / Double(side)
    return Float(
      scale.squareRoot() * cos(.pi * (Double(column) + 0.5) * Double(row) / Double(side)))
  }

  /// The distance of each coefficient from the origin, in coefficients.
  private static let radii: [Float] = (0..<side * side).map { index in
    hypotf(Float(index / side), Float(index % side))
  }

  /// The share of each coefficient that survived, between 0 and 1.2, found per channel and ring of
  /// coefficients.
  ///
  /// - Parameters:
  ///   - difference: Transformed difference of what is seen and the cover, `3 · side²` values.
  ///   - residual: The transformed residual that was added.
  static func survival(difference: [Float], residual: [Float]) -> [Float] {
    let (rings, width, count) = (14, Float(10), side * side)
    var gains = [Float](repeating: 0, count: 3 * count)
    for channel in 0..<3 {
      var product = [Float](repeating: 0, count: rings)
      var energy = [Float](repeating: 1e-7, count: rings)
      for index in 0..<count {
        let ring = min(rings - 1, Int(radii[index] / width))
        let mark = residual[channel * count + index]
        product[ring] += difference[channel * count + index] * mark
        energy[ring] += mark * mark + 1e-7
      }
      let shares = zip(product, energy).map { min(1.2, max(0, $0 / $1)) }
      for index in 0..<count {
        gains[channel * count + index] = shares[min(rings - 1, Int(radii[index] / width))]
      }
    }
    return gains
  }

  /// What a codec at moderate rate does to each coefficient: a gain, and noise added after it.
  ///
  /// - Parameters:
  ///   - isLarge: Whether the frame is large, so that the mark lies lower in frequency.
  ///   - noise: 0…1, how much of the measured noise.
  static func proxy(isLarge: Bool, noise: Float, seed: UInt64) -> (gains: [Float], noise: [Float]) {
    var generator = SplitMix64(seed: seed)
    let codec =
      isLarge ? measuredLarge : measuredSmall[Int(generator.next() % UInt64(measuredSmall.count))]
    let amount = 0.3 + 0.7 * generator.unit()
    let count = side * side
    var gains = [Float](repeating: 0, count: 3 * count)
    var added = gains
    for channel in 0..<3 {
      let (gain, deviation) = channel == 0 ? codec.luma : codec.chroma
      for index in 0..<count {
        let ring = min(gain.count - 1, Int(radii[index] / 12))
        gains[channel * count + index] = 1 - amount * (1 - gain[ring])
        added[channel * count + index] =
          amount * noise * deviation[ring] / 255 * generator.normal()
      }
    }
    return (gains, added)
  }

  /// Gain, and deviation of the noise in levels of 255, per ring of 12 coefficients.
  private typealias Bands = (gain: [Float], deviation: [Float])

  /// Measured on marked photographs of 288 rows at 40 dB: H.264 crf 23, crf 28, JPEG 50.
  private static let measuredSmall: [(luma: Bands, chroma: Bands)] = [
    (
      (
        [1, 0.91, 0.83, 0.78, 0.69, 0.62, 0.58, 0.53, 0.5, 0.47, 0.42, 0.36],
        [4.2, 3.3, 3.1, 3, 2.8, 2.7, 2.6, 2.4, 2.3, 2.3, 2.2, 1.9]
      ),
      (
        [0.82, 0.63, 0.38, 0.21, 0.14, 0.08, 0.04, 0.03, 0.02, 0, 0, 0],
        [5.3, 5, 4.5, 3.7, 2.8, 2.2, 1.7, 1.4, 1.1, 0.9, 0.7, 0.4]
      )
    ),
    (
      (
        [0.94, 0.84, 0.69, 0.59, 0.54, 0.45, 0.39, 0.35, 0.3, 0.26, 0.23, 0.2],
        [7.1, 6, 5.5, 5.1, 4.8, 4.5, 4.3, 4.1, 3.9, 3.7, 3.5, 3.1]
      ),
      (
        [0.84, 0.46, 0.22, 0.11, 0.08, 0.04, 0.03, 0.01, 0, 0, 0, 0],
        [8.1, 7.2, 6.2, 4.9, 3.7, 2.8, 2, 1.5, 1.2, 1, 0.9, 0.4]
      )
    ),
    (
      (
        [0.95, 0.94, 0.91, 0.9, 0.88, 0.85, 0.83, 0.79, 0.75, 0.72, 0.68, 0.51],
        [4.3, 2.4, 2, 1.8, 1.7, 1.6, 1.6, 1.7, 1.7, 1.8, 1.8, 2]
      ),
      (
        [0.85, 0.78, 0.54, 0.28, 0.15, 0.07, 0.04, 0.02, 0.01, 0.01, 0, 0],
        [5.5, 3.9, 3.7, 3.6, 3.3, 2.8, 2.1, 1.5, 1.1, 0.8, 0.7, 0.4]
      )
    ),
  ]

  /// Measured on marked frames of 720 rows: H.264 crf 23.
  private static let measuredLarge: (luma: Bands, chroma: Bands) = (
    (
      [1, 1, 0.98, 0.96, 0.93, 0.88, 0.85, 0.8, 0.76, 0.71, 0.68, 0.58],
      [1.9, 1.4, 1.3, 1.3, 1.2, 1.1, 1.1, 1, 1, 0.9, 0.9, 0.8]
    ),
    (
      [1, 1, 0.94, 0.8, 0.68, 0.58, 0.46, 0.36, 0.27, 0.23, 0.2, 0.12],
      [2.4, 1.7, 1.5, 1.6, 1.5, 1.3, 1.2, 1.2, 1.1, 1, 0.9, 0.7]
    )
  )
}
