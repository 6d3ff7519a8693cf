import Neural
import Tensors

/// A U-Net that changes an emotion; see `peers/unet.py`.
let uNet = Workload.both("unet", shapes: [[3, 128, 128], [8]], trainingBatch: 8) {
  UNet()
} run: {
  $0($1[0], emotion: $1[1])
}

private let width = 32
private let condition = 128

private struct UNet: Module {
  let first = Linear(8, condition)
  let second = Linear(condition, condition)
  let stem = Conv2D(3, width, kernel: 3)
  let down = [(1, 2), (2, 4), (4, 8), (8, 16)].map { Block($0 * width, $1 * width, stride: 2) }
  let middle = (0..<2).map { _ in Block(16 * width, 16 * width, stride: 1) }
  let up = [(24, 8), (12, 4), (6, 2), (3, 1)].map { Block($0 * width, $1 * width, stride: 1) }
  let head = Conv2D(width, 3, kernel: 3)

  func callAsFunction(_ x: Tensor, emotion: Tensor) -> Tensor {
    let condition = gelu(second(gelu(first(emotion))))
    var x = stem(x)
    var skips: [Tensor] = []
    for block in down {
      skips.append(x)
      x = block(x, condition)
    }
    for block in middle { x = block(x, condition) }
    for block in up {
      x = block(concatenated([x.resized(by: 2, .nearest), skips.removeLast()], axis: 1), condition)
    }
    return tanh(head(x))
  }
}

/// Two 3×3 convolutions beside one that makes the shortcut's size; `stride` is that of the first and the last.
private struct Block: Module {
  let conv1, conv2, conv3: Conv2D
  let norm1, norm2: ConditionalNorm

  init(_ input: Int, _ output: Int, stride: Extent) {
    conv1 = Conv2D(input, output / 2, kernel: 3, stride: stride)
    norm1 = ConditionalNorm(output / 2, condition: condition)
    conv2 = Conv2D(output / 2, output, kernel: 3)
    norm2 = ConditionalNorm(output, condition: condition)
    conv3 = Conv2D(input, output, kernel: 3, stride: stride)
  }

  func callAsFunction(_ x: Tensor, _ condition: Tensor) -> Tensor {
    let y = elu(norm1(conv1(x), condition: condition))
    return elu(norm2(conv2(y) + conv3(x), condition: condition))
  }
}
