public import Tensors

/// Attention of several heads with linear maps before and after; parameters as PyTorch's `nn.MultiheadAttention`, batch
/// first.
///
/// Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2. The joint weight begins as PyTorch's, uniform after Glorot
/// & Bengio 2010, equation 16.
public struct MultiHeadAttention: Module {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// Of queries, keys and values one after another: `[3 · width, width]` and `[3 · width]`.
  public let in_proj_weight, in_proj_bias: Parameter
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let out_proj: Linear
  private let heads, width: Int

  public init(_ width: Int, heads: Int) {
    precondition(width % heads == 0, "\(heads) heads in \(width) numbers")
    in_proj_weight = Parameter(
      [3 * width, width], .uniform(bound: (6 / Float(4 * width)).squareRoot()))
    in_proj_bias = Parameter([3 * width], .constant(0))
    out_proj = Linear(width, width)
    self.heads = heads
    self.width = width
  }

  /// Attends a sequence to itself: `[batch, places, width]` to the same.
  ///
  /// - Parameter mask: Broadcasts to `[batch, heads, queries, keys]`; see ``AttentionMask``.
  public func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    let joint = linear(x, weight: in_proj_weight.value, bias: in_proj_bias.value)
    return out_proj(selfAttention(joint, heads: heads, bias: mask))
  }

  /// Attends a sequence, `[batch, queries, width]`, to another, whose keys and values may be made of different ones.
  public func callAsFunction(
    _ query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil
  ) -> Tensor {
    let weights = in_proj_weight.value.chunked(3, axis: 0)
    let biases = in_proj_bias.value.chunked(3, axis: 0)
    let sides = [query, key, value].enumerated().map { index, side in
      linear(side, weight: weights[index], bias: biases[index])
    }
    return out_proj(attention(sides[0], sides[1], sides[2], heads: heads, bias: mask))
  }
}
