public import Tensors

/// Normalization of each item's groups of channels, with a scale and a shift for each channel.
///
/// Source: Wu & He 2018, arXiv:1803.08494, equation 7; ε as in PyTorch.
public struct GroupNorm: Module {
  public let weight, bias: Parameter
  private let groups: Int
  private let epsilon: Float

  public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
    precondition(channels % groups == 0, "\(groups) groups of \(channels) channels")
    weight = Parameter([channels], .constant(1))
    bias = Parameter([channels], .constant(0))
    self.groups = groups
    self.epsilon = epsilon
  }

  /// Maps `[batch, channels, …]` to the same, in its layout.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    groupNormalized(
      x, groups: groups, scale: weight.value, shift: bias.value, epsilon: epsilon)
  }
}

/// Normalization of each channel of each item; by default with neither scale nor shift.
///
/// Source: Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022; ε as in PyTorch. No statistics are
/// kept.
public struct InstanceNorm: Module {
  public let weight, bias: Parameter?
  private let epsilon: Float

  public init(_ channels: Int, affine: Bool = false, epsilon: Float = 1e-5) {
    weight = affine ? Parameter([channels], .constant(1)) : nil
    bias = affine ? Parameter([channels], .constant(0)) : nil
    self.epsilon = epsilon
  }

  /// Maps `[batch, channels, …]` to the same, in its layout.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    groupNormalized(
      x, groups: x.shape[1], scale: weight?.value, shift: bias?.value, epsilon: epsilon)
  }
}

/// ``InstanceNorm`` whose scale and shift are given with each item.
///
/// Source: Huang & Belongie 2017, arXiv:1703.06868, equation 8.
public struct AdaptiveInstanceNorm: Module {
  private let epsilon: Float

  public init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  /// - Parameters:
  ///   - x: `[batch, channels, …]`.
  ///   - scale: `[batch, channels]`.
  ///   - shift: Likewise.
  public func callAsFunction(_ x: Tensor, scale: Tensor, shift: Tensor) -> Tensor {
    groupNormalized(x, groups: x.shape[1], scale: scale, shift: shift, epsilon: epsilon)
  }
}

/// ``BatchNorm`` whose scale and shift are linear maps of a condition.
///
/// Source: de Vries et al. 2017, arXiv:1707.00683, section 3, without their pretrained part; after
/// Dumoulin et al. 2017, arXiv:1610.07629.
public struct ConditionalNorm: Module {
  public let norm: BatchNorm
  public let fcw, fcb: Linear

  /// - Parameter condition: Numbers of a condition.
  public init(_ channels: Int, condition: Int) {
    norm = BatchNorm(channels, affine: false)
    fcw = Linear(condition, channels)
    fcb = Linear(condition, channels)
  }

  /// Maps `[batch, channels, …]` to the same, in its layout.
  ///
  /// - Parameter condition: `[batch, condition]`.
  public func callAsFunction(_ x: Tensor, condition: Tensor) -> Tensor {
    norm.normalized(x, scale: fcw(condition), shift: fcb(condition))
  }
}

/// Division by the root mean square over the channels at each place; without parameters.
///
/// Source: Karras et al. 2018, arXiv:1710.10196, section 4.2.
public struct PixelNorm: Module {
  private let epsilon: Float

  /// - Parameter epsilon: Added to the mean square.
  public init(epsilon: Float = 1e-8) { self.epsilon = epsilon }

  /// Maps `[batch, channels, …]` to the same.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x * power((x * x).mean(axes: [1]) + epsilon, -0.5)
  }
}
