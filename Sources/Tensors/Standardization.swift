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
    return Tensor.recorded(
      values, shape: shape, from: [self],
      as: .standardize(lastAxes: axes, epsilon: epsilon, centred: centred)
    ) { upstream in
      guard Recording.isOn else {
        let back = values.standardizedPullback(
          upstream.plainBuffer, scales: scales, columns: columns, centred: centred)
        return [Tensor(back, shape: self.shape)]
      }
      return [standardizedBack(upstream, lastAxes: axes, epsilon: epsilon, centred: centred).back]
    }
  }

  /// What was standardized, and the gradient that goes back through it, in operations that can be differentiated in turn.
  fileprivate func standardizedBack(
    _ upstream: Tensor, lastAxes axes: Int, epsilon: Float, centred: Bool
  ) -> (values: Tensor, back: Tensor) {
    let axes = Array(shape.indices.suffix(axes))
    let deviation = centred ? self - mean(axes: axes) : self
    let scale = power((deviation * deviation).mean(axes: axes) + epsilon, -0.5)
    let y = deviation * scale
    let rest = upstream - y * (upstream * y).mean(axes: axes)
    return (y, scale * (centred ? rest - upstream.mean(axes: axes) : rest))
  }
}

/// Each run along the last axes standardized, then scaled and shifted.
///
/// - Parameters:
///   - scale: In the shape of a run.
///   - shift: Likewise.
///   - epsilon: Added to the variance.
public func layerNormalized(
  _ x: Tensor, scale: Tensor, shift: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  let axes = scale.shape.count
  precondition(
    Array(x.shape.suffix(axes)) == scale.shape && shift.shape == scale.shape,
    "a norm of \(scale.shape) and \(shift.shape) over \(x.shape)")
  if Trace.current != nil {
    return x.standardized(lastAxes: axes, epsilon: epsilon) * scale + shift
  }
  let (source, factors) = (x.plainBuffer, scale.plainBuffer)
  let found = source.layerNormalized(
    weight: factors, bias: shift.plainBuffer, epsilon: epsilon)
  return Tensor.recorded(found.values, shape: x.shape, from: [x, scale, shift]) { upstream in
    guard Recording.isOn else {
      let back = source.layerNormPullback(
        upstream.plainBuffer, means: found.means, scales: found.scales, weight: factors)
      return [
        Tensor(back.source, shape: x.shape), Tensor(back.weight, shape: scale.shape),
        Tensor(back.bias, shape: shift.shape),
      ]
    }
    let (y, back) = x.standardizedBack(
      upstream * scale, lastAxes: axes, epsilon: epsilon, centred: true)
    return [back, (upstream * y).summed(to: scale.shape), upstream.summed(to: shift.shape)]
  }
}
