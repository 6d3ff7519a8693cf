internal import Foundation
public import Kernels

/// Adam that moves along the bare mean gradient until its second moment can be trusted.
///
/// Source: Liu et al. 2020, arXiv:1908.03265, algorithm 2; decay as in ``Adam``. As in PyTorch, the
/// variance counts as known when its degrees of freedom exceed 5, not 4.
public struct RAdam: UpdateRule {
  public static let name = "radam"
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
    let (beta, t) = (Double(betas.1), Double(count))
    let left = 1 - pow(beta, t)
    let longest = 2 / (1 - beta) - 1
    let length = longest - 2 * t * pow(beta, t) / left
    let isRectified = length > 5
    let rectification =
      ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length) * left)
      .squareRoot()
    value.radamStep(
      first: moments[0], second: moments[1], gradient: gradient, rate: rate, betas: betas,
      epsilon: epsilon,
      scale: Float((isRectified ? rectification : 1) / (1 - pow(Double(betas.0), t))),
      isRectified: isRectified, decay: decay)
  }
}
