import Neural
import Tensors

/// The residual network of 50 layers that tells faces apart; see `peers/iresnet50.py`.
let iResNet50 = Workload.both("iresnet50", shapes: [[3, 112, 112]], trainingBatch: 8) {
  IResNet50()
} run: {
  $0($1[0])
}

private struct IResNet50: Module {
  let stem = Conv2D(3, 64, kernel: 3, bias: false)
  let stemNorm = BatchNorm(64)
  let slope = Parameter([64], .constant(0.25))
  let units: [Unit]
  let norm = BatchNorm(512)
  let linear = Linear(512 * 7 * 7, 512)
  let features = BatchNorm(512)

  init() {
    var units: [Unit] = []
    var input = 64
    for (output, count) in [(64, 3), (128, 4), (256, 14), (512, 3)] {
      for index in 0..<count {
        units.append(Unit(input, output, stride: index == 0 ? 2 : 1))
        input = output
      }
    }
    self.units = units
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    var x = prelu(stemNorm(stem(x)), slope: slope.value)
    for unit in units { x = unit(x) }
    x = norm(x)
    return features(linear(x.reshaped([x.shape[0], 512 * 7 * 7])))
  }
}

private struct Unit: Module {
  let norm1, norm2, norm3: BatchNorm
  let conv1, conv2: Conv2D
  let slope: Parameter
  let shortcut: [Shortcut]

  init(_ input: Int, _ output: Int, stride: Int) {
    norm1 = BatchNorm(input)
    conv1 = Conv2D(input, output, kernel: 3, bias: false)
    norm2 = BatchNorm(output)
    slope = Parameter([output], .constant(0.25))
    conv2 = Conv2D(output, output, kernel: 3, stride: Extent(stride), bias: false)
    norm3 = BatchNorm(output)
    let keeps = stride == 1 && input == output
    shortcut = keeps ? [] : [Shortcut(input, output, stride: stride)]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = norm3(conv2(prelu(norm2(conv1(norm1(x))), slope: slope.value)))
    return y + (shortcut.first.map { $0(x) } ?? x)
  }
}

private struct Shortcut: Module {
  let conv: Conv2D
  let norm: BatchNorm

  init(_ input: Int, _ output: Int, stride: Int) {
    conv = Conv2D(input, output, kernel: 1, stride: Extent(stride), bias: false)
    norm = BatchNorm(output)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { norm(conv(x)) }
}
