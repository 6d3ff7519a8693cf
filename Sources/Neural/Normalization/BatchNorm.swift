public import Tensors

/// Batch normalization over channels: running statistics and, unless it is not affine, scale and shift.
///
/// Source: Ioffe & Szegedy 2015, arXiv:1502.03167; ε and momentum as in PyTorch by default.
public struct BatchNorm: Module {
  /// Where normalizations take their statistics from while a closure runs.
  public enum Mode: Sendable {
    /// From the batch at hand, which also moves the running ones: training.
    case batch
    /// From the running ones: inference, and training of what follows a frozen part.
    case running

    @TaskLocal public static var current = Mode.running
  }

  public let weight, bias: Parameter?
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let running_mean, running_var: Parameter
  let epsilon: Float
  private let momentum: Float

  /// - Parameters:
  ///   - epsilon: Added to the variance.
  ///   - momentum: The share of a batch in the running statistics.
  ///   - affine: Whether channels are scaled and shifted in the end.
  public init(
    _ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, affine: Bool = true
  ) {
    weight = affine ? Parameter([channels], .constant(1)) : nil
    bias = affine ? Parameter([channels], .constant(0)) : nil
    running_mean = Parameter([channels], .constant(0), role: .tracked)
    running_var = Parameter([channels], .constant(1), role: .tracked)
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Maps `[batch, channels, …]` to the same, in its layout.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    normalized(x, scale: weight?.value, shift: bias?.value)
  }

  /// The same with a scale and a shift from elsewhere.
  func normalized(_ x: Tensor, scale: Tensor?, shift: Tensor?) -> Tensor {
    batchNormalized(x, statistics, scale: scale, shift: shift, epsilon: epsilon)
  }

  /// What channels are scaled and shifted by.
  var scale: Tensor { weight?.value ?? Tensor(repeating: 1, shape: running_mean.shape) }
  var shift: Tensor { bias?.value ?? Tensor(repeating: 0, shape: running_mean.shape) }

  /// The statistics to use now.
  var statistics: NormalizationStatistics {
    switch Mode.current {
    case .running:
      .fixed(mean: running_mean.value, variance: running_var.value)
    case .batch:
      .batch { mean, variance in
        move(running_mean, towards: mean)
        move(running_var, towards: variance)
      }
    }
  }

  private func move(_ parameter: Parameter, towards found: [Float]) {
    let moved = zip(parameter.value.array, found).map { (1 - momentum) * $0 + momentum * $1 }
    parameter.value = Tensor(moved, shape: parameter.shape)
  }
}
