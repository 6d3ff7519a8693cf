public import Kernels

/// Gradient descent with momentum.
///
/// Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
/// learning", section 2; the velocity excludes the rate, as in PyTorch.
public struct GradientDescent: UpdateRule {
  /// Where the gradient is taken to be.
  public enum Momentum: Sendable {
    /// At the parameters.
    case classical(Float)
    /// Where the velocity is about to carry them.
    case nesterov(Float)
  }

  public static let name = "sgd"
  public static let moments = ["velocity"]

  public let momentum: Momentum
  /// Weight of the squared length of the parameters, halved, in the loss.
  public let decay: Float

  public init(momentum: Momentum = .classical(0), decay: Float = 0) {
    self.momentum = momentum
    self.decay = decay
  }

  public func step(
    _ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int
  ) {
    let (share, looksAhead) =
      switch momentum {
      case .classical(let share): (share, false)
      case .nesterov(let share): (share, true)
      }
    value.descentStep(
      velocity: moments[0], gradient: gradient, rate: rate, momentum: share,
      looksAhead: looksAhead, decay: decay)
  }
}
