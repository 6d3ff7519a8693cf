internal import Neural
internal import Tensors

/// Two convolutions, each behind a normalization and ReLU, beside a shortcut.
///
/// Source: He et al. 2016, arXiv:1603.05027, figure 4e.
struct ResidualBlock: Module {
  let first, second: NormReLUConv

  init(_ channels: Int) {
    first = NormReLUConv(channels, channels, kernel: 3)
    second = NormReLUConv(channels, channels, kernel: 3)
  }

  /// Maps `[batch, channels, height, width]` to the same.
  func callAsFunction(_ x: Tensor) -> Tensor { x + second(first(x)) }
}
