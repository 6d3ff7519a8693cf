internal import Neural
internal import Tensors

/// A normalization inside a residual block, which may depend on a condition.
protocol BlockNorm: Module {
  associatedtype Condition
  /// Maps `[batch, channels, height, width]` to the same.
  func normalized(_ x: Tensor, _ condition: Condition) -> Tensor
}

extension BatchNorm: BlockNorm {
  func normalized(_ x: Tensor, _: Void) -> Tensor { self(x) }
}

extension InstanceNorm: BlockNorm {
  func normalized(_ x: Tensor, _: Void) -> Tensor { self(x) }
}

extension ConditionalNorm: BlockNorm {
  func normalized(_ x: Tensor, _ condition: Tensor) -> Tensor { self(x, condition: condition) }
}

// Blocks of the form of He et al. 2016, arXiv:1603.05027, figure 4e: normalization and activation
// before each convolution, and a shortcut that is not activated. All activations are ELU.

/// A convolution without bias, which the normalizations that follow would take away.
func convolution(
  _ input: Int, _ output: Int, kernel: Extent, stride: Extent = 1,
  _ reparametrization: Reparametrization
) -> Conv2D {
  Conv2D(
    input, output, kernel: kernel, stride: stride, bias: false,
    reparametrization: reparametrization)
}

/// Two convolutions beside a shortcut, at half the size.
///
/// The shortcut is a 1×1 convolution of the mean of each 2×2 window. Odd sizes are rounded up.
struct ResDown<Norm: BlockNorm>: Module {
  let norm1, norm2: Norm
  let conv1, conv2, shortcut: Conv2D

  init(
    _ input: Int, _ output: Int, _ reparametrization: Reparametrization, norm: (Int) -> Norm
  ) {
    norm1 = norm(input)
    conv1 = convolution(input, output, kernel: 3, stride: 2, reparametrization)
    norm2 = norm(output)
    conv2 = convolution(output, output, kernel: 3, reparametrization)
    shortcut = convolution(input, output, kernel: 1, reparametrization)
  }

  /// Maps `[batch, input, height, width]` to `[batch, output, ⌈height / 2⌉, ⌈width / 2⌉]`.
  func callAsFunction(_ x: Tensor, _ condition: Norm.Condition) -> Tensor {
    let halved = averagePooled(x, kernel: 2, ceilMode: true, countsPadding: false)
    let inner = conv1(elu(norm1.normalized(x, condition)))
    return conv2(elu(norm2.normalized(inner, condition))) + shortcut(halved)
  }
}

/// Two convolutions beside the identity.
struct ResBlock<Norm: BlockNorm>: Module {
  let norm1, norm2: Norm
  let conv1, conv2: Conv2D

  init(_ channels: Int, _ reparametrization: Reparametrization, norm: (Int) -> Norm) {
    norm1 = norm(channels)
    conv1 = convolution(channels, channels, kernel: 3, reparametrization)
    norm2 = norm(channels)
    conv2 = convolution(channels, channels, kernel: 3, reparametrization)
  }

  /// Maps `[batch, channels, height, width]` to the same.
  func callAsFunction(_ x: Tensor, _ condition: Norm.Condition) -> Tensor {
    let inner = conv1(elu(norm1.normalized(x, condition)))
    return conv2(elu(norm2.normalized(inner, condition))) + x
  }
}

/// Two convolutions beside a shortcut, at the size of a skip that joins them.
///
/// The first convolution is of the enlarged maps and the skip's, as if concatenated: the sum of
/// `conv1` and `across`.
struct ResUp<Norm: BlockNorm>: Module {
  let norm1, norm2: Norm
  let conv1, across, conv2, shortcut: Conv2D

  /// - Parameter skip: Channels of the skip.
  init(
    _ input: Int, _ output: Int, skip: Int, _ reparametrization: Reparametrization,
    norm: (Int) -> Norm
  ) {
    norm1 = norm(input)
    conv1 = convolution(input, output, kernel: 3, reparametrization)
    across = convolution(skip, output, kernel: 3, reparametrization)
    norm2 = norm(output)
    conv2 = convolution(output, output, kernel: 3, reparametrization)
    shortcut = convolution(input, output, kernel: 1, reparametrization)
  }

  /// Maps `[batch, input, …]` and `[batch, skip, height, width]` to `[batch, output, height, width]`.
  func callAsFunction(_ x: Tensor, skip: Tensor, _ condition: Norm.Condition) -> Tensor {
    let enlarged = elu(norm1.normalized(x, condition)).resized(to: skip.extent, .nearest)
    let inner = conv1(enlarged) + across(skip)
    return conv2(elu(norm2.normalized(inner, condition)))
      + shortcut(x).resized(to: skip.extent, .nearest)
  }
}
