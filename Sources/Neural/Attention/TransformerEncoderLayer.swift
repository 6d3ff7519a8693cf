public import Tensors

/// Attention of a sequence to itself, then two linear maps of each place, each with a sum around it; parameters as
/// PyTorch's, without dropout.
///
/// Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.1; normalization first after Xiong et al. 2020,
/// arXiv:2002.04745.
public struct TransformerEncoderLayer: Module {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let self_attn: MultiHeadAttention
  public let linear1, linear2: Linear
  public let norm1, norm2: LayerNorm
  private let normalizesFirst: Bool
  private let activation: @Sendable (Tensor) -> Tensor

  /// - Parameters:
  ///   - inner: Numbers between the two linear maps.
  ///   - normalizesFirst: Whether sums are made of normalized input, instead of being normalized.
  ///   - activation: Between the linear maps.
  public init(
    _ width: Int, heads: Int, inner: Int, normalizesFirst: Bool = false,
    activation: @escaping @Sendable (Tensor) -> Tensor = { gelu($0) }
  ) {
    self_attn = MultiHeadAttention(width, heads: heads)
    linear1 = Linear(width, inner)
    linear2 = Linear(inner, width)
    norm1 = LayerNorm(width)
    norm2 = LayerNorm(width)
    self.normalizesFirst = normalizesFirst
    self.activation = activation
  }

  /// Maps `[batch, places, width]` to the same.
  ///
  /// - Parameter mask: Broadcasts to `[batch, heads, queries, keys]`; see ``AttentionMask``.
  public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    if normalizesFirst {
      let attended = x + self_attn(norm1(x), mask: mask)
      return attended + mapped(norm2(attended))
    }
    let attended = norm1(x + self_attn(x, mask: mask))
    return norm2(attended + mapped(attended))
  }

  private func mapped(_ x: Tensor) -> Tensor { linear2(activation(linear1(x))) }
}
