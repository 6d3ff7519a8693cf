internal import Kernels
public import Tensors

/// The gradient magnitude similarity deviation of each picture of a batch: 0 where both are equal.
///
/// | Quantity | Shape |
/// |---|---|
/// | `a`, `b` | `[batch, 1, height, width]`, luma, 0…1 |
/// | result | `[batch]` |
///
/// Source: Xue et al. 2014, arXiv:1308.3052, equations 1 to 6: means of 2 × 2 squares, Prewitt's
/// filter with zeros around, `c` 170 for values up to 255.
public func gradientSimilarityDeviation(_ a: Tensor, _ b: Tensor) -> Tensor {
  let constant: Float = 170 / (255 * 255)
  let (a, b) = (gradientMagnitude(a), gradientMagnitude(b))
  let map = (2 * a * b + constant) / (a * a + b * b + constant)
  let apart = map - map.mean(axes: [1, 2, 3])
  return power((apart * apart).mean(axes: [1, 2, 3]), 0.5).reshaped([map.shape[0]])
}

private func gradientMagnitude(_ picture: Tensor) -> Tensor {
  precondition(picture.shape[1] == 1, "the gradient of the luma of \(picture.shape)")
  let half = averagePooled(picture.plain, kernel: 2)
  let (height, width) = (half.shape[2], half.shape[3])
  let across = half.resampled(vertical: sums(height), horizontal: slopes(width))
  let down = half.resampled(vertical: slopes(height), horizontal: sums(width))
  return power(across * across + down * down + 1e-12, 0.5)  // a root has no slope at 0
}

/// A third of the sum of each element and its two neighbours.
private func sums(_ size: Int) -> SparseMatrix {
  neighbours(size) { _ in 1 / Float(3) }
}

/// The element after each less the one before.
private func slopes(_ size: Int) -> SparseMatrix {
  neighbours(size) { Float($0) }
}

private func neighbours(_ size: Int, weight: (Int) -> Float) -> SparseMatrix {
  SparseMatrix(rows: size, columns: size) { row, add in
    for offset in -1...1 where 0..<size ~= row + offset { add(row + offset, weight(offset)) }
  }
}
