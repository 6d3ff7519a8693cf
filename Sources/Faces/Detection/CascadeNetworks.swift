internal import Neural
internal import Tensors
internal import WeightFiles

// The three networks of Zhang et al. 2016, arXiv:1604.02878, figure 2, as facenet-pytorch has them:
// poolings round sizes up, and dense layers read columns before rows before channels. Pictures are
// `(x − 127.5) / 128` of bytes.

/// A slope for negative values of each channel.
struct PReLU: Module {
  let weight: Parameter

  init(_ channels: Int) { weight = Parameter([channels], .constant(0.25)) }

  func callAsFunction(_ x: Tensor) -> Tensor { prelu(x, slope: weight.value) }
}

/// Looks at every window of 12 × 12 in steps of two.
struct ProposalNetwork: Module {
  let conv1 = Conv2D(3, 10, kernel: 3, padding: 0)
  let prelu1 = PReLU(10)
  let conv2 = Conv2D(10, 16, kernel: 3, padding: 0)
  let prelu2 = PReLU(16)
  let conv3 = Conv2D(16, 32, kernel: 3, padding: 0)
  let prelu3 = PReLU(32)
  let score = Conv2D(32, 2, kernel: 1)
  let box = Conv2D(32, 4, kernel: 1)

  static let renaming = Renaming([("conv4_1.*", "score.*"), ("conv4_2.*", "box.*")])

  /// Maps `[batch, 3, height, width]` to the probability of a face, `[batch, 2, …]` with the second
  /// channel for yes, and the shifts of the window's edges in its own size, `[batch, 4, …]`.
  func callAsFunction(_ x: Tensor) -> (score: Tensor, box: Tensor) {
    let first = maxPooled(prelu1(conv1(x)), ceilMode: true)
    let last = prelu3(conv3(prelu2(conv2(first))))
    return (softmax(score(last), axis: 1), box(last))
  }
}

/// Judges windows of 24 × 24.
struct RefinementNetwork: Module {
  let conv1 = Conv2D(3, 28, kernel: 3, padding: 0)
  let prelu1 = PReLU(28)
  let conv2 = Conv2D(28, 48, kernel: 3, padding: 0)
  let prelu2 = PReLU(48)
  let conv3 = Conv2D(48, 64, kernel: 2, padding: 0)
  let prelu3 = PReLU(64)
  let hidden = Linear(576, 128)
  let prelu4 = PReLU(128)
  let score = Linear(128, 2)
  let box = Linear(128, 4)

  static let renaming = Renaming([
    ("dense4.*", "hidden.*"), ("dense5_1.*", "score.*"), ("dense5_2.*", "box.*"),
  ])

  /// Maps `[batch, 3, 24, 24]` to `[batch, 2]` and `[batch, 4]`.
  func callAsFunction(_ x: Tensor) -> (score: Tensor, box: Tensor) {
    let first = maxPooled(prelu1(conv1(x)), kernel: 3, stride: 2, ceilMode: true)
    let second = maxPooled(prelu2(conv2(first)), kernel: 3, stride: 2, ceilMode: true)
    let last = prelu4(hidden(columnsFirst(prelu3(conv3(second)))))
    return (softmax(score(last), axis: 1), box(last))
  }
}

/// Judges windows of 48 × 48 and finds five points in them.
struct OutputNetwork: Module {
  let conv1 = Conv2D(3, 32, kernel: 3, padding: 0)
  let prelu1 = PReLU(32)
  let conv2 = Conv2D(32, 64, kernel: 3, padding: 0)
  let prelu2 = PReLU(64)
  let conv3 = Conv2D(64, 64, kernel: 3, padding: 0)
  let prelu3 = PReLU(64)
  let conv4 = Conv2D(64, 128, kernel: 2, padding: 0)
  let prelu4 = PReLU(128)
  let hidden = Linear(1152, 256)
  let prelu5 = PReLU(256)
  let score = Linear(256, 2)
  let box = Linear(256, 4)
  let points = Linear(256, 10)

  static let renaming = Renaming([
    ("dense5.*", "hidden.*"), ("dense6_1.*", "score.*"), ("dense6_2.*", "box.*"),
    ("dense6_3.*", "points.*"),
  ])

  /// Maps `[batch, 3, 48, 48]` to `[batch, 2]`, `[batch, 4]` and five `x`, then five `y`, in the
  /// window's size, `[batch, 10]`.
  func callAsFunction(_ x: Tensor) -> (score: Tensor, box: Tensor, points: Tensor) {
    let first = maxPooled(prelu1(conv1(x)), kernel: 3, stride: 2, ceilMode: true)
    let second = maxPooled(prelu2(conv2(first)), kernel: 3, stride: 2, ceilMode: true)
    let third = maxPooled(prelu3(conv3(second)), ceilMode: true)
    let last = prelu5(hidden(columnsFirst(prelu4(conv4(third)))))
    return (softmax(score(last), axis: 1), box(last), points(last))
  }
}

/// Pictures as rows of numbers, columns outermost and channels innermost.
private func columnsFirst(_ x: Tensor) -> Tensor {
  x.permuted([0, 3, 2, 1]).reshaped([x.shape[0], x.count / x.shape[0]])
}
