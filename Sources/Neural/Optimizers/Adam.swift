internal import Foundation
public import Kernels

/// Adam; with a decay other than 0, AdamW.
///
/// Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1; decay as Loshchilov & Hutter 2019,
/// arXiv:1711.05101, algorithm 2.
public struct Adam: UpdateRule {
  public static let name = "adam"
  public static let moments = ["first", "second"]

  public let betas: (Float, Float)
  public let epsilon: Float
  /// The share of itself that each value loses per step, times the rate.
  public let decay: Float

  public init(betas: (Float, Float) = (0.9, 0.999), epsilon: Float = 1e-8, decay: Float = 0) {
    self.betas = betas
    self.epsilon = epsilon
    self.decay = decay
  }

  public func step(
    _ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int
  ) {
    value.adamStep(
      first: moments[0], second: moments[1], gradient: gradient, rate: rate, betas: betas,
      epsilon: epsilon, corrections: corrections(betas, count: count), decay: decay)
  }
}

/// What exponential means that began at 0 lack: `1 − βᵗ`.
func corrections(_ betas: (Float, Float), count: Int) -> (Float, Float) {
  (
    Float(1 - pow(Double(betas.0), Double(count))), Float(1 - pow(Double(betas.1), Double(count)))
  )
}
