public import Tensors

/// Normalization over the last axes, with a scale and a shift for each element of a run.
///
/// Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450, equation 4; ε as in PyTorch.
public struct LayerNorm: Module {
  public let weight, bias: Parameter
  private let epsilon: Float

  /// - Parameter shape: The sizes of the axes that are normalized together, the tensor's last.
  public init(_ shape: Int..., epsilon: Float = 1e-5) {
    weight = Parameter(shape, .constant(1))
    bias = Parameter(shape, .constant(0))
    self.epsilon = epsilon
  }

  /// Maps `[…, shape]` to the same.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNormalized(x, scale: weight.value, shift: bias.value, epsilon: epsilon)
  }
}

/// Normalization over the channels at each place of a picture or signal.
///
/// As ``LayerNorm`` of the channels, which stand second. Source: Liu et al. 2022, arXiv:2201.03545,
/// whose ε it has.
public struct ChannelLayerNorm: Module {
  public let weight, bias: Parameter
  private let epsilon: Float

  public init(_ channels: Int, epsilon: Float = 1e-6) {
    weight = Parameter([channels], .constant(1))
    bias = Parameter([channels], .constant(0))
    self.epsilon = epsilon
  }

  /// Maps `[batch, channels, …]` to the same.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let last = x.shape.count - 1
    return layerNormalized(
      x.transposed(1, last), scale: weight.value, shift: bias.value, epsilon: epsilon
    ).transposed(1, last)
  }
}

/// Division by the root mean square over the last axis, with a scale for each element.
///
/// Source: Zhang & Sennrich 2019, arXiv:1910.07467, equation 4.
public struct RMSNorm: Module {
  public let weight: Parameter
  private let epsilon: Float

  /// - Parameter epsilon: Added to the mean square.
  public init(_ size: Int, epsilon: Float = 1e-6) {
    weight = Parameter([size], .constant(1))
    self.epsilon = epsilon
  }

  /// Maps `[…, size]` to the same.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.standardized(lastAxes: 1, epsilon: epsilon, centred: false) * weight.value
  }
}
