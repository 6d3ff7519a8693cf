internal import Foundation

/// How a stretch of sound fades in and out before it is transformed.
///
/// Source: Harris 1978, "On the use of windows for harmonic analysis with the discrete Fourier
/// transform".
public enum Window: Hashable, Sendable {
  case rectangular, hann, hamming, blackman
  /// The larger β, the lower the side lobes and the wider the main one.
  case kaiser(beta: Double)

  /// Whether the next period or the last sample repeats the first.
  public enum Symmetry: Sendable {
    /// For transforms.
    case periodic
    /// For filters.
    case symmetric
  }

  public func values(_ count: Int, _ symmetry: Symmetry = .periodic) -> [Float] {
    let period = Double(symmetry == .periodic ? count : count - 1)
    return (0..<count).map { period == 0 ? 1 : Float(value(at: Double($0) / period)) }
  }

  /// The value at a place between the first sample, 0, and the end of the period, 1.
  func value(at place: Double) -> Double {
    let (once, twice) = (cos(2 * .pi * place), cos(4 * .pi * place))
    switch self {
    case .rectangular: return 1
    case .hann: return 0.5 - 0.5 * once
    case .hamming: return 0.54 - 0.46 * once
    case .blackman: return 0.42 - 0.5 * once + 0.08 * twice
    case .kaiser(let beta):
      let across = 2 * place - 1
      return modifiedBessel(beta * max(0, 1 - across * across).squareRoot())
        / modifiedBessel(beta)
    }
  }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
private func modifiedBessel(_ x: Double) -> Double {
  var (sum, term, index) = (1.0, 1.0, 1.0)
  while term > sum * 1e-17 {
    term *= (x / (2 * index)) * (x / (2 * index))
    sum += term
    index += 1
  }
  return sum
}
