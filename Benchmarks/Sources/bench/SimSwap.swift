import Neural
import Tensors

/// A face swapper's generator of SimSwap's size; see `peers/simswap.py`.
let simSwap = Workload.both("simswap", shapes: [[3, 224, 224], [512]], trainingBatch: 1) {
  Generator()
} run: {
  $0($1[0], identity: $1[1])
}

private struct Generator: Module {
  let stem = Conv2D(3, 64, kernel: 7, paddingMode: .reflect)
  let norm = BatchNorm(64)
  let down = [64, 128, 256].map { NormalizedConv($0, 2 * $0, stride: 2) }
  let middle = (0..<9).map { _ in IdentityBlock(512, identity: 512) }
  let up = [512, 256, 128].map { NormalizedConv($0, $0 / 2, stride: 1) }
  let head = Conv2D(64, 3, kernel: 7, paddingMode: .reflect)

  func callAsFunction(_ x: Tensor, identity: Tensor) -> Tensor {
    var x = relu(norm(stem(x)))
    for level in down { x = level(x) }
    for block in middle { x = block(x, identity: identity) }
    for level in up { x = level(x.resized(by: 2, .bilinear())) }
    return tanh(head(x))
  }
}

private struct NormalizedConv: Module {
  let conv: Conv2D
  let norm: BatchNorm

  init(_ input: Int, _ output: Int, stride: Extent) {
    conv = Conv2D(input, output, kernel: 3, stride: stride)
    norm = BatchNorm(output)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { relu(norm(conv(x))) }
}

private struct IdentityBlock: Module {
  let first, second: IdentityConv

  init(_ channels: Int, identity: Int) {
    first = IdentityConv(channels, identity: identity)
    second = IdentityConv(channels, identity: identity)
  }

  func callAsFunction(_ x: Tensor, identity: Tensor) -> Tensor {
    x + second(relu(first(x, identity: identity)), identity: identity)
  }
}

/// A convolution whose result is normalized per picture, then scaled and shifted as the identity says.
private struct IdentityConv: Module {
  let conv: Conv2D
  let style: Linear
  private let norm = AdaptiveInstanceNorm()

  init(_ channels: Int, identity: Int) {
    conv = Conv2D(channels, channels, kernel: 3, paddingMode: .reflect)
    style = Linear(identity, 2 * channels)
  }

  func callAsFunction(_ x: Tensor, identity: Tensor) -> Tensor {
    let style = style(identity).chunked(2, axis: 1)
    return norm(conv(x), scale: style[0] + 1, shift: style[1])
  }
}
