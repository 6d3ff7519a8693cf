internal import Imaging
internal import Neural
internal import Tensors

/// What one sample's logits cost, and how many of its modules they get wrong.
struct CodeLoss {
  /// Cross-entropy of module means, of pixels; both of shape `[]`.
  let modules, pixels: Tensor
  /// The share of data modules read wrong.
  let moduleError: Float

  /// - Parameter logits: `[1, 1, side, side]`.
  init(logits: Tensor, code: QRCode, functionWeight: Float) {
    let (side, size) = (logits.shape[3], code.size)
    let known = Set(CodeLayout.of(version: code.version).functionModules.map(\.index))
    let weights = (0..<size * size).map { known.contains($0) ? functionWeight : 1 }
    let total = weights.reduce(0, +)
    let targets = code.modules.map { $0 ? Float(1) : 0 }

    let means = Self.means(side: side, size: size)
    let moduleLogits = logits.resampled(vertical: means, horizontal: means)
    let shape = [1, 1, size, size]
    let entropy = binaryCrossEntropy(
      logits: moduleLogits, targets: Tensor(targets, shape: shape))
    modules = (entropy * Tensor(weights.map { $0 / total }, shape: shape)).sum()

    let place = (0..<side).map { (2 * $0 + 1) * size / (2 * side) }
    let spread = (0..<side * side).map { place[$0 / side] * size + place[$0 % side] }
    let pixelTotal = spread.reduce(Float(0)) { $0 + weights[$1] }
    let pixelEntropy = binaryCrossEntropy(
      logits: logits, targets: Tensor(spread.map { targets[$0] }, shape: logits.shape))
    pixels =
      (pixelEntropy
      * Tensor(spread.map { weights[$0] / pixelTotal }, shape: logits.shape)).sum()

    let values = moduleLogits.array
    let wrong = values.indices.count {
      !known.contains($0) && (values[$0] > 0) != code.modules[$0]
    }
    moduleError = Float(wrong) / Float(size * size - known.count)
  }

  /// The matrix that takes the mean of the pixels whose centres lie in each module.
  private static func means(side: Int, size: Int) -> Matrix {
    var values = [Float](repeating: 0, count: size * side)
    for pixel in 0..<side { values[(2 * pixel + 1) * size / (2 * side) * side + pixel] = 1 }
    for row in 0..<size {
      let run = row * side..<(row + 1) * side
      let count = values[run].reduce(0, +)
      for index in run { values[index] /= count }
    }
    return Matrix(values, rows: size, columns: side)
  }
}

/// What missing picture quality costs.
struct PictureLoss {
  /// Mean PSNR of the batch in dB, of shape `[]`.
  let psnr: Tensor
  /// The same with squared errors weighed by how well they are seen, of shape `[]`.
  let visiblePSNR: Tensor
  /// Mean MS-SSIM of luma, of shape `[]`.
  let similarity: Tensor

  /// - Parameters:
  ///   - visibility: Weights of squared errors in the residual's shape; see ``Visibility``.
  ///   - ratios: Per picture, the squared error measured on the marked frame over that of the
  ///     residual itself, which makes this PSNR the frame's own.
  init(cover: Tensor, residual: Tensor, visibility: Tensor, ratios: [Float]) {
    let toRGB = Matrix(
      [1, 0, 1.402, 1, -0.344136, -0.714136, 1, 1.772, 0], rows: 3, columns: 3)
    let change = residual.mixed(by: toRGB)
    let scale = Tensor(ratios, shape: [ratios.count])
    func decibels(_ error: Tensor) -> Tensor {
      let mean = error.mean(axes: [1, 2, 3]).reshaped([ratios.count]) * scale
      return (-10 / Float(2.302585)) * log(clamped(mean, 1e-9...1)).mean()
    }
    psnr = decibels(change * change)
    // The sum over channels, not their mean: a change of luma alone costs what it does above.
    visiblePSNR = decibels(3 * residual * residual * visibility)
    let luma = cover.sliced(0..<1, axis: 1)
    similarity = multiScaleSimilarity(
      luma, luma + residual.sliced(0..<1, axis: 1), scales: 4
    ).mean()
  }

  /// A penalty for a PSNR below a target: square near it, straight further off.
  static func shortfall(of psnr: Tensor, below target: Float) -> Tensor {
    let missing = relu(target - psnr)
    return missing.scalar < 2 ? missing * missing : 4 * missing - 4
  }
}
