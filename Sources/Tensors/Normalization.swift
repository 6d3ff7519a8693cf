internal import Kernels

/// Each channel less its mean, divided by its standard deviation, then scaled and shifted.
///
/// - Parameters:
///   - x: `[batch, channels, …]`.
///   - statistics: Of the whole batch, or earlier ones.
///   - scale: `[channels]`, or `[batch, channels]`; 1 where missing.
///   - shift: Likewise; 0 where missing.
///   - epsilon: Added to the variances.
public func batchNormalized(
  _ x: Tensor, _ statistics: NormalizationStatistics, scale: Tensor? = nil, shift: Tensor? = nil,
  epsilon: Float = 1e-5
) -> Tensor {
  let fused = ChannelNormalization(x)
  switch statistics {
  case .fixed(let mean, let variance):
    let known = ChannelNormalization.Statistics(
      means: mean.table(for: x), variances: variance.table(for: x))
    return normalized(x, .known(known, mean, variance), scale, shift, epsilon, fused)
  case .batch(let found):
    let own = fused.statistics(of: x.buffer, .batch)
    let count = Double(fused.batch * fused.pixels)
    found(
      own.means.prefix(fused.channels).map { Float($0) },
      own.variances.prefix(fused.channels).map { Float($0 * count / max(1, count - 1)) })
    return normalized(x, .shared(.batch, own), scale, shift, epsilon, fused)
  }
}

/// Each group of an item's channels less its mean, divided by its standard deviation, then each channel
/// scaled and shifted.
///
/// - Parameters:
///   - x: `[batch, channels, …]`.
///   - groups: Runs of channels per item; as many as channels normalize each by itself.
///   - scale: `[channels]`, or `[batch, channels]`; 1 where missing.
///   - shift: Likewise; 0 where missing.
///   - epsilon: Added to the variances.
public func groupNormalized(
  _ x: Tensor, groups: Int, scale: Tensor? = nil, shift: Tensor? = nil, epsilon: Float = 1e-5
) -> Tensor {
  precondition(x.shape[1] % groups == 0, "\(groups) groups of \(x.shape[1]) channels")
  let fused = ChannelNormalization(x)
  let own = fused.statistics(of: x.buffer, .groups(groups))
  return normalized(x, .shared(.groups(groups), own), scale, shift, epsilon, fused)
}

/// Where mean and variance come from.
private enum Source {
  case shared(ChannelNormalization.Sharing, ChannelNormalization.Statistics)
  case known(ChannelNormalization.Statistics, _ mean: Tensor, _ variance: Tensor)

  var statistics: ChannelNormalization.Statistics {
    switch self {
    case .shared(_, let statistics), .known(let statistics, _, _): statistics
    }
  }

  var sharing: ChannelNormalization.Sharing? {
    if case .shared(let sharing, _) = self { sharing } else { nil }
  }

  /// The mean and the inverse deviation as operations on `x`.
  func recorded(for x: Tensor, epsilon: Float) -> (mean: Tensor, inverse: Tensor) {
    switch self {
    case .shared(let sharing, _):
      let mean = x.mean(sharing)
      let distance = x - mean
      return (mean, power((distance * distance).mean(sharing) + epsilon, -0.5))
    case .known(_, let mean, let variance):
      return (mean.channelwise(for: x), power(variance.channelwise(for: x) + epsilon, -0.5))
    }
  }
}

private func normalized(
  _ x: Tensor, _ source: Source, _ scale: Tensor?, _ shift: Tensor?, _ epsilon: Float,
  _ fused: ChannelNormalization
) -> Tensor {
  if Trace.current != nil {
    let (mean, inverse) = source.recorded(for: x, epsilon: epsilon)
    let scaled = (x - mean) * (scale.map { inverse * $0.channelwise(for: x) } ?? inverse)
    return shift.map { scaled + $0.channelwise(for: x) } ?? scaled
  }
  let factors = scale?.table(for: x) ?? Array(repeating: 1, count: fused.batch * fused.channels)
  let shifts = shift?.table(for: x) ?? Array(repeating: 0, count: factors.count)
  if x.planes != nil, PutOff.current != nil {
    let (scale, shift) = fused.tables(
      source.statistics, epsilon: Double(epsilon), factors: factors, shifts: shifts)
    if let result = x.continued(by: .affine(scale: scale, shift: shift)) { return result }
  }
  let result = fused.normalize(
    x.buffer, source.statistics, epsilon: Double(epsilon), factors: factors, shifts: shifts)
  return Tensor.recorded(
    result, shape: x.shape, layout: x.layout, from: [x] + [scale, shift].compactMap { $0 }
  ) { upstream in
    let upstream = upstream.laid(as: x)
    guard !Recording.isOn else {
      return recordedPullback(upstream, x, source, scale, shift, epsilon)
    }
    let found = fused.pullback(
      upstream.buffer, of: x.buffer, source.statistics, sharing: source.sharing,
      epsilon: Double(epsilon), factors: factors)
    return [Tensor(found.source, shape: x.shape, layout: x.layout)]
      + [
        scale?.gradient(found.factors), shift?.gradient(found.shifts),
      ].compactMap { $0 }
  }
}

/// The pullback in operations that can be differentiated in turn.
private func recordedPullback(
  _ upstream: Tensor, _ x: Tensor, _ source: Source, _ scale: Tensor?, _ shift: Tensor?,
  _ epsilon: Float
) -> [Tensor?] {
  let (mean, inverse) = source.recorded(for: x, epsilon: epsilon)
  let y = (x - mean) * inverse
  let g = scale.map { upstream * $0.channelwise(for: x) } ?? upstream
  var back = g
  if let sharing = source.sharing { back = g - g.mean(sharing) - y * (g * y).mean(sharing) }
  let parts = [
    scale.map { (upstream * y).summed(to: $0.channelwiseShape(for: x)).reshaped($0.shape) },
    shift.map { upstream.summed(to: $0.channelwiseShape(for: x)).reshaped($0.shape) },
  ]
  return [inverse * back] + parts.compactMap { $0 }
}

extension ChannelNormalization {
  fileprivate init(_ x: Tensor) {
    precondition(x.shape.count >= 2, "channels of \(x.shape) normalized")
    self.init(
      batch: x.shape[0], channels: x.shape[1], pixels: x.shape[2...].reduce(1, *),
      isBlocked: x.layout == .blocked)
  }
}

extension Tensor {
  /// Numbers per channel, or per channel of each item, as the latter.
  fileprivate func table(for x: Tensor) -> [Double] {
    let values = plainBuffer.array.map { Double($0) }
    precondition(
      values.count == x.shape[1] || shape == [x.shape[0], x.shape[1]],
      "numbers of \(shape) for the channels of \(x.shape)")
    return values.count == x.shape[0] * x.shape[1]
      ? values : (0..<x.shape[0]).flatMap { _ in values }
  }

  /// The gradient of such numbers.
  fileprivate func gradient(_ table: [Double]) -> Tensor {
    var sums = [Double](repeating: 0, count: count)
    for (index, value) in table.enumerated() { sums[index % count] += value }
    return Tensor(sums.map { Float($0) }, shape: shape)
  }

  fileprivate func channelwiseShape(for x: Tensor) -> [Int] {
    [count / x.shape[1], x.shape[1]] + Array(repeating: 1, count: x.shape.count - 2)
  }

  /// Numbers per channel in a shape that broadcasts to `x`.
  fileprivate func channelwise(for x: Tensor) -> Tensor { reshaped(channelwiseShape(for: x)) }

  /// The mean over all that share one, in a shape that broadcasts to this one.
  fileprivate func mean(_ sharing: ChannelNormalization.Sharing) -> Tensor {
    switch sharing {
    case .batch: return mean(axes: [0] + Array(2..<shape.count))
    case .groups(shape[1]): return mean(axes: Array(2..<shape.count))
    case .groups(let groups):
      let size = shape[1] / groups
      return reshaped([shape[0], groups, count / (shape[0] * groups)]).mean(axes: [2])
        .expanded(to: [shape[0], groups, size])
        .reshaped([shape[0], shape[1]] + Array(repeating: 1, count: shape.count - 2))
    }
  }
}
