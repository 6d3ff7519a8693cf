internal import Kernels

extension Tensor {
  /// Each run along the last axes less its mean, divided by its standard deviation: what layer
  /// normalization is made of.
  ///
  /// - Parameters:
  ///   - axes: How many of the last axes make a run.
  ///   - epsilon: Added to the variance.
  ///   - centred: Whether the mean is subtracted; if not, the deviation is that from 0.
  public func standardized(lastAxes axes: Int, epsilon: Float, centred: Bool = true) -> Tensor {
    let columns = shape.suffix(axes).reduce(1, *)
    let (values, scales) = plainBuffer.standardized(
      columns: columns, epsilon: epsilon, centred: centred)
    return Tensor.recorded(values, shape: shape, from: [self]) { upstream in
      guard Recording.isOn else {
        let back = values.standardizedPullback(
          upstream.plainBuffer, scales: scales, columns: columns, centred: centred)
        return [Tensor(back, shape: self.shape)]
      }
      let axes = Array(self.shape.indices.suffix(axes))
      let deviation = centred ? self - self.mean(axes: axes) : self
      let scale = power((deviation * deviation).mean(axes: axes) + epsilon, -0.5)
      let y = deviation * scale
      let rest = upstream - y * (upstream * y).mean(axes: axes)
      return [scale * (centred ? rest - upstream.mean(axes: axes) : rest)]
    }
  }
}
