public import Kernels

/// Steps of one length, along the sign of a mean of gradients.
///
/// Source: Chen et al. 2023, arXiv:2302.06675, program 1.
public struct Lion: UpdateRule {
  public static let name = "lion"
  public static let moments = ["first"]

  /// What the mean keeps of itself in the step, and after it.
  public let betas: (Float, Float)
  /// The share of itself that each value loses per step, times the rate.
  public let decay: Float

  public init(betas: (Float, Float) = (0.9, 0.99), decay: Float = 0) {
    self.betas = betas
    self.decay = decay
  }

  public func step(
    _ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int
  ) {
    value.lionStep(
      first: moments[0], gradient: gradient, rate: rate, betas: betas, decay: decay)
  }
}
