internal import Neural
internal import Tensors

/// Channels brought to length 1 at each place, then scaled.
///
/// Source: Liu et al. 2016, "ParseNet", arXiv:1506.04579, section 3.3.
struct ChannelScale: Module {
  let weight: Parameter

  init(_ channels: Int, _ initial: Float) { weight = Parameter([channels], .constant(initial)) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let length = x.norm(axes: [1]) + 1e-10
    return x / length * weight.value.reshaped([1, weight.shape[0], 1, 1])
  }
}
