public import Kernels

/// Adam whose steps are long where gradients are as expected, short where they are not.
///
/// Source: Zhuang et al. 2020, arXiv:2010.07468, algorithm 2, with decoupled decay as in ``Adam``.
/// As in the authors' program, ε also stands beside the root.
public struct AdaBelief: UpdateRule {
  public static let name = "adabelief"
  public static let moments = ["first", "second"]

  public let betas: (Float, Float)
  public let epsilon: Float
  /// The share of itself that each value loses per step, times the rate.
  public let decay: Float

  public init(betas: (Float, Float) = (0.9, 0.999), epsilon: Float = 1e-16, decay: Float = 0) {
    self.betas = betas
    self.epsilon = epsilon
    self.decay = decay
  }

  public func step(
    _ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int
  ) {
    value.adaBeliefStep(
      first: moments[0], second: moments[1], gradient: gradient, rate: rate, betas: betas,
      epsilon: epsilon, corrections: corrections(betas, count: count), decay: decay)
  }
}
