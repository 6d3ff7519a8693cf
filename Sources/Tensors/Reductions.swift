internal import Kernels

// Sums, means and extremes, over all elements or along some axes.

extension Tensor {
  /// The sum of all elements, of shape `[]`.
  public func sum() -> Tensor {
    let wide = shape
    return Tensor.recorded(Buffer([Float(plainBuffer.sum)]), shape: [], from: [self], as: .sum) {
      [$0.expanded(to: wide)]
    }
  }

  /// The mean of all elements, of shape `[]`.
  public func mean() -> Tensor { sum() / Float(count) }

  /// The sum along some axes, which stay as 1 or go.
  public func sum(axes: [Int], keepDims: Bool = true) -> Tensor {
    let sums = summed(to: reduced(axes, keepDims: true))
    return keepDims ? sums : sums.reshaped(reduced(axes, keepDims: false))
  }

  /// The mean along some axes, which stay as 1 or go.
  public func mean(axes: [Int], keepDims: Bool = true) -> Tensor {
    sum(axes: axes, keepDims: keepDims) / Float(size(of: axes))
  }

  /// The variance along some axes, which stay as 1 or go.
  ///
  /// - Parameter correction: What is taken from the count before dividing: 1 for the unbiased
  ///   variance of a sample.
  public func variance(axes: [Int], keepDims: Bool = true, correction: Int = 1) -> Tensor {
    let deviations = self - mean(axes: axes)
    let sums = (deviations * deviations).sum(axes: axes, keepDims: keepDims)
    return sums / Float(Swift.max(0, size(of: axes) - correction))
  }

  /// The Euclidean length along some axes, which stay as 1 or go; its gradient at 0 is 0.
  public func norm(axes: [Int], keepDims: Bool = true) -> Tensor {
    let squares = (self * self).sum(axes: axes, keepDims: keepDims)
    let isZero = squares .== 0
    return selected(isZero, Tensor(repeating: 0, shape: []), sqrt(squares + isZero))
  }

  /// `ln Σ eˣ` along some axes, which stay as 1 or go, without overflow.
  public func logSumExp(axes: [Int], keepDims: Bool = true) -> Tensor {
    let top = axes.reduce(detached) { $0.max(axis: $1) }
    let sums = log(exp(self - top).sum(axes: axes)) + top
    return keepDims ? sums : sums.reshaped(reduced(axes, keepDims: false))
  }

  /// The largest elements along an axis, which stays as 1 or goes; the gradient is the first one's.
  public func max(axis: Int, keepDims: Bool = true) -> Tensor {
    extreme(argmax(axis: axis), axis: axis, keepDims: keepDims, isLargest: true)
  }

  /// The smallest elements along an axis, which stays as 1 or goes; the gradient is the first one's.
  public func min(axis: Int, keepDims: Bool = true) -> Tensor {
    extreme(argmin(axis: axis), axis: axis, keepDims: keepDims, isLargest: false)
  }

  /// Where the first of the largest elements along an axis stands; the axis stays as 1.
  public func argmax(axis: Int) -> Indices {
    Indices(
      plainBuffer.indicesOfLargest(along: along(axis)), shape: reduced([axis], keepDims: true),
      origin: IndicesOrigin(self, axis: axis, isLargest: true))
  }

  /// Where the first of the smallest elements along an axis stands; the axis stays as 1.
  public func argmin(axis: Int) -> Indices {
    Indices(
      plainBuffer.indicesOfLargest(along: along(axis), negated: true),
      shape: reduced([axis], keepDims: true),
      origin: IndicesOrigin(self, axis: axis, isLargest: false))
  }

  private func extreme(
    _ places: Indices, axis: Int, keepDims: Bool, isLargest: Bool
  ) -> Tensor {
    let found = gathered(
      places, axis: axis, as: .extreme(axis: axis, isLargest: isLargest), of: [self])
    return keepDims ? found : found.reshaped(reduced([axis], keepDims: false))
  }

  /// The sum up to and including each element along an axis.
  public func cumulativeSum(axis: Int) -> Tensor {
    Tensor.recorded(
      plainBuffer.cumulativeSum(along: along(axis)), shape: shape, from: [self],
      as: .cumulativeSum(axis: axis)
    ) {
      [$0.flipped(axes: [axis]).cumulativeSum(axis: axis).flipped(axes: [axis])]
    }
  }

  /// An axis with what stands before and after it.
  func along(_ axis: Int) -> ArrayAxis {
    ArrayAxis(
      outer: shape[..<axis].reduce(1, *), size: shape[axis],
      inner: shape[(axis + 1)...].reduce(1, *))
  }

  private func size(of axes: [Int]) -> Int { axes.reduce(1) { $0 * shape[$1] } }

  private func reduced(_ axes: [Int], keepDims: Bool) -> [Int] {
    shape.indices.compactMap { axes.contains($0) ? (keepDims ? 1 : nil) : shape[$0] }
  }
}
