public import Kernels

/// Gradients divided by the root of their mean square, with momentum.
///
/// Source: Tieleman & Hinton 2012, "Lecture 6.5: rmsprop"; momentum and ε as in PyTorch.
public struct RMSprop: UpdateRule {
  public static let name = "rmsprop"
  public static let moments = ["square", "velocity"]

  /// What the mean square keeps of itself per step.
  public let smoothing: Float
  public let epsilon: Float
  public let momentum: Float
  /// Weight of the squared length of the parameters, halved, in the loss.
  public let decay: Float

  public init(
    smoothing: Float = 0.99, epsilon: Float = 1e-8, momentum: Float = 0, decay: Float = 0
  ) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
    self.decay = decay
  }

  public func step(
    _ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int
  ) {
    value.rmsPropStep(
      square: moments[0], velocity: moments[1], gradient: gradient, rate: rate,
      smoothing: smoothing, epsilon: epsilon, momentum: momentum, decay: decay)
  }
}
