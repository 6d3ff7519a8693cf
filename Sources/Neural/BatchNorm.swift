internal import Tensors

/// Scale, shift and running statistics of a batch normalization over channels.
///
/// Source: Ioffe & Szegedy 2015, arXiv:1502.03167; ε 1e-5 and momentum 0.1 as in PyTorch.
public struct BatchNorm: Module {
  /// Where normalizations take their statistics from while a closure runs.
  public enum Mode: Sendable {
    /// From the batch at hand, which also moves the running ones: training.
    case batch
    /// From the running ones: inference, and training of what follows a frozen part.
    case running

    @TaskLocal public static var current = Mode.running
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let weight, bias, running_mean, running_var: Parameter

  public init(_ channels: Int) {
    weight = Parameter([channels], .constant(1))
    bias = Parameter([channels], .constant(0))
    running_mean = Parameter([channels], .constant(0), role: .tracked)
    running_var = Parameter([channels], .constant(1), role: .tracked)
  }

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
    let moved = zip(parameter.value.array, found).map { 0.9 * $0 + 0.1 * $1 }
    parameter.value = Tensor(moved, shape: parameter.shape)
  }
}
