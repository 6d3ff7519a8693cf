internal import Foundation
public import Tensors

/// Structural similarity of each picture of a batch: 1 where both are equal.
///
/// | Quantity | Shape |
/// |---|---|
/// | `a`, `b` | `[batch, channels, height, width]`, 0…1; sides at least `window` |
/// | result | `[batch]`, the mean over the channels |
///
/// Windows are Gaussian and lie inside the picture; K₁ 0.01, K₂ 0.03. As a loss, DSSIM, half of what
/// it is less than 1.
///
/// Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural
/// similarity", equation 13.
public func structuralSimilarity(
  _ a: Tensor, _ b: Tensor, window: Int = 11, deviation: Float = 1.5
) -> Tensor {
  let (structure, luminance) = similarity(
    a.plain, b.plain, GaussianWindow(count: window, deviation: deviation))
  return (structure * luminance).mean(axes: [1, 2, 3]).reshaped([a.shape[0]])
}

/// Multi-scale structural similarity of each picture of a batch: 1 where both are equal.
///
/// | Quantity | Shape |
/// |---|---|
/// | `a`, `b` | `[batch, channels, height, width]`, 0…1; sides at least `11 · 2^(scales − 1)` |
/// | result | `[batch]`, the mean over the channels |
///
/// Windows are Gaussian (11 × 11, σ 1.5) and lie inside the picture; K₁ 0.01, K₂ 0.03; between
/// scales 2 × 2 means.
///
/// Source: Wang, Simoncelli & Bovik 2003, "Multiscale structural similarity", equation 7 and
/// section 3.3. Differs from it where fewer than five scales fit: the missing exponents go to the
/// coarsest.
public func multiScaleSimilarity(_ a: Tensor, _ b: Tensor, scales: Int = 5) -> Tensor {
  let exponents: [Float] = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
  var (a, b) = (a.plain, b.plain)
  var result: Tensor?
  for scale in 0..<scales {
    let isLast = scale == scales - 1
    let (structure, luminance) = similarity(a, b, GaussianWindow(count: 11, deviation: 1.5))
    let mean = (isLast ? structure * luminance : structure).mean(axes: [2, 3])
    let exponent = isLast ? exponents[scale...].reduce(0, +) : exponents[scale]
    let part = power(clamped(mean, 1e-4...10), exponent)  // a negative mean has no real power
    result = result.map { $0 * part } ?? part
    if !isLast { (a, b) = (halved(a), halved(b)) }
  }
  guard let result else { preconditionFailure("similarity over no scale") }
  return result.mean(axes: [1]).reshaped([a.shape[0]])
}

/// Contrast with structure, and luminance, of every window.
private func similarity(
  _ a: Tensor, _ b: Tensor, _ window: GaussianWindow
) -> (structure: Tensor, luminance: Tensor) {
  let (h, w) = (a.shape[2], a.shape[3])
  precondition(min(h, w) >= window.count, "windows of \(window.count) over \(h)×\(w)")
  let (vertical, horizontal) = (window.means(of: h), window.means(of: w))
  func windowed(_ x: Tensor) -> Tensor { x.resampled(vertical: vertical, horizontal: horizontal) }
  let (meanA, meanB) = (windowed(a), windowed(b))
  let (squareA, squareB, product) = (meanA * meanA, meanB * meanB, meanA * meanB)
  let variances = windowed(a * a + b * b) - squareA - squareB
  let covariance = windowed(a * b) - product
  let (c1, c2): (Float, Float) = (0.01 * 0.01, 0.03 * 0.03)
  return (
    (2 * covariance + c2) / (variances + c2), (2 * product + c1) / (squareA + squareB + c1)
  )
}

/// The weights of neighbours along one axis.
private struct GaussianWindow {
  let count: Int
  let deviation: Float

  /// The weighted means of all runs of neighbours among `size`, as a matrix.
  func means(of size: Int) -> Matrix {
    let middle = Float(count - 1) / 2
    let taps = (0..<count).map { tap in
      let distance = (Float(tap) - middle) / deviation
      return Foundation.exp(-distance * distance / 2)
    }
    let total = taps.reduce(0, +)
    let rows = size - count + 1
    var values = [Float](repeating: 0, count: rows * size)
    for row in 0..<rows {
      for tap in 0..<count { values[row * size + row + tap] = taps[tap] / total }
    }
    return Matrix(values, rows: rows, columns: size)
  }
}

/// Means of 2 × 2 squares; an odd last row or column is left out.
private func halved(_ x: Tensor) -> Tensor {
  func matrix(_ size: Int) -> Matrix {
    var values = [Float](repeating: 0, count: size / 2 * size)
    for row in 0..<size / 2 {
      values[row * size + 2 * row] = 0.5
      values[row * size + 2 * row + 1] = 0.5
    }
    return Matrix(values, rows: size / 2, columns: size)
  }
  return x.resampled(vertical: matrix(x.shape[2]), horizontal: matrix(x.shape[3]))
}
