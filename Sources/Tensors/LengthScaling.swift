internal import Kernels

/// Each item along the first axis scaled to a length: what weight normalization is made of.
///
/// Source: Salimans & Kingma 2016, arXiv:1602.07868, equations 2 and 3.
///
/// - Parameters:
///   - x: `[count, …]`.
///   - lengths: `[count, 1, …]`.
public func scaled(_ x: Tensor, toLengths lengths: Tensor) -> Tensor {
  precondition(
    lengths.shape == [x.shape[0]] + Array(repeating: 1, count: x.shape.count - 1),
    "lengths of \(lengths.shape) for \(x.shape)")
  if Trace.current != nil {
    return x * (lengths * power((x * x).summed(to: lengths.shape), -0.5))
  }
  let (source, factors) = (x.plainBuffer, lengths.plainBuffer)
  let (values, inverses) = source.rowsScaled(to: factors)
  return Tensor.recorded(values, shape: x.shape, from: [x, lengths]) { upstream in
    guard Recording.isOn else {
      let back = source.rowsScaledPullback(
        upstream.plainBuffer, lengths: factors, inverses: inverses)
      return [Tensor(back.source, shape: x.shape), Tensor(back.lengths, shape: lengths.shape)]
    }
    let inverse = power((x * x).summed(to: lengths.shape), -0.5)
    let unit = x * inverse
    let along = (upstream * unit).summed(to: lengths.shape)
    return [lengths * inverse * (upstream - unit * along), along]
  }
}
