internal import CKernels

/// Normalization of the channels of a batch: the statistics of the elements that share them, an affine map
/// of each channel, and the way back, two sweeps each.
///
/// Tables of channels are `[batch, channels]`.
public struct ChannelNormalization: Hashable, Sendable {
  /// Which elements have a mean and a variance together.
  public enum Sharing: Hashable, Sendable {
    /// A channel of the whole batch.
    case batch
    /// So many runs of channels of each item.
    case groups(Int)
  }

  public let batch, channels, pixels: Int
  /// Whether channels stand in blocks.
  public let isBlocked: Bool

  public init(batch: Int, channels: Int, pixels: Int, isBlocked: Bool) {
    self.batch = batch
    self.channels = channels
    self.pixels = pixels
    self.isBlocked = isBlocked
  }

  /// Mean and variance of each channel of each item, as those share them that do.
  public struct Statistics: Sendable {
    public var means, variances: [Double]

    public init(means: [Double], variances: [Double]) {
      self.means = means
      self.variances = variances
    }
  }

  private var lanes: Int { isBlocked ? channelLanes : 1 }
  private var planes: Int { (channels + lanes - 1) / lanes }

  /// A table with room for the lanes that stand for no channel.
  private func padded(_ table: [Double]) -> Buffer {
    let pitch = planes * lanes
    var result = [Float](repeating: 0, count: batch * pitch)
    for item in 0..<batch {
      for channel in 0..<channels {
        result[item * pitch + channel] = Float(table[item * channels + channel])
      }
    }
    return Buffer(result)
  }

  /// Runs a kernel that finds two numbers per channel, over shares of the planes.
  private func pairs(
    _ body: (UnsafeMutablePointer<Double>, _ plane: Int, _ count: Int) -> Void
  ) -> (first: [Double], second: [Double]) {
    let raw = [Double](unsafeUninitializedCapacity: batch * planes * 2 * lanes) { raw, written in
      guard let start = raw.baseAddress else { return }
      raw.initialize(repeating: 0)  // for a cancelled task, whose operations write nothing
      nonisolated(unsafe) let numbers = start
      parallelRuns(batch * planes, cost: pixels * lanes) { first, count in
        body(numbers + first * 2 * lanes, first, count)
      }
      written = raw.count
    }
    var (first, second): ([Double], [Double]) = ([], [])
    first.reserveCapacity(batch * channels)
    second.reserveCapacity(batch * channels)
    for item in 0..<batch {
      for channel in 0..<channels {
        let place = (item * planes + channel / lanes) * 2 * lanes + channel % lanes
        first.append(raw[place])
        second.append(raw[place + lanes])
      }
    }
    return (first, second)
  }

  private func check(_ buffer: Buffer) {
    precondition(
      buffer.count == batch * planes * lanes * pixels, "\(buffer.count) floats as \(self)")
  }

  /// What the elements that share them have as mean and variance.
  public func statistics(of x: Buffer, _ sharing: Sharing) -> Statistics {
    check(x)
    let (means, squares) = pairs { numbers, plane, count in
      ck_plane_moments(numbers, x.pointer + plane * pixels * lanes, count, pixels, lanes)
    }
    let mean = averaged(means, sharing)
    let spread = means.indices.map { index in
      let distance = means[index] - mean[index]
      return squares[index] / Double(pixels) + distance * distance
    }
    return Statistics(means: mean, variances: averaged(spread, sharing))
  }

  /// The mean of a table over the channels that share, in each of their places.
  private func averaged(_ table: [Double], _ sharing: Sharing) -> [Double] {
    var result = table
    switch sharing {
    case .batch:
      for channel in 0..<channels {
        var sum = 0.0
        for item in 0..<batch { sum += table[item * channels + channel] }
        for item in 0..<batch { result[item * channels + channel] = sum / Double(batch) }
      }
    case .groups(let groups):
      let size = channels / groups
      for start in stride(from: 0, to: table.count, by: size) {
        let mean = table[start..<start + size].reduce(0, +) / Double(size)
        for index in start..<start + size { result[index] = mean }
      }
    }
    return result
  }

  /// `factors · (x − mean) / deviation + shifts`.
  ///
  /// - Parameter epsilon: Added to the variances.
  public func normalize(
    _ x: Buffer, _ statistics: Statistics, epsilon: Double, factors: [Double], shifts: [Double]
  ) -> Buffer {
    check(x)
    let (scale, shift) = tables(statistics, epsilon: epsilon, factors: factors, shifts: shifts)
    return affine(x, scale, shift)
  }

  /// ``normalize(_:_:epsilon:factors:shifts:)`` as a step of a ``Tail``.
  public func tables(
    _ statistics: Statistics, epsilon: Double, factors: [Double], shifts: [Double]
  ) -> (scale: Buffer, shift: Buffer) {
    let scale = factors.indices.map {
      factors[$0] / (statistics.variances[$0] + epsilon).squareRoot()
    }
    let shift = shifts.indices.map { shifts[$0] - scale[$0] * statistics.means[$0] }
    return (padded(scale), padded(shift))
  }

  private func affine(_ x: Buffer, _ scale: Buffer, _ shift: Buffer?) -> Buffer {
    let result = Buffer(count: x.count)
    parallelRuns(batch * planes, cost: pixels * lanes) { plane, count in
      ck_plane_affine(
        result.pointer + plane * pixels * lanes, x.pointer + plane * pixels * lanes,
        scale.pointer + plane * lanes, shift.map { UnsafePointer($0.pointer + plane * lanes) },
        count, pixels, lanes)
    }
    return result
  }

  /// What ``pullback(_:of:_:sharing:epsilon:factors:)`` finds.
  public struct Gradients {
    public let source: Buffer
    /// Of each channel of each item.
    public let factors, shifts: [Double]
  }

  /// The way back through ``normalize(_:_:epsilon:factors:shifts:)``.
  ///
  /// - Parameter sharing: Who shares the statistics, where they were the source's own.
  public func pullback(
    _ upstream: Buffer, of x: Buffer, _ statistics: Statistics, sharing: Sharing?,
    epsilon: Double, factors: [Double]
  ) -> Gradients {
    check(x)
    check(upstream)
    let means = padded(statistics.means)
    let (sums, products) = pairs { numbers, plane, count in
      ck_plane_products(
        numbers, x.pointer + plane * pixels * lanes, means.pointer + plane * lanes,
        upstream.pointer + plane * pixels * lanes, count, pixels, lanes)
    }
    let inverse = statistics.variances.map { 1 / ($0 + epsilon).squareRoot() }
    let along = products.indices.map { products[$0] * inverse[$0] }
    let scale = padded(factors.indices.map { factors[$0] * inverse[$0] })
    guard let sharing else {
      return Gradients(source: affine(upstream, scale, nil), factors: along, shifts: sums)
    }
    // With x̂ normalized and g = factor · upstream: (g − mean g − x̂ · mean(g · x̂)) / deviation.
    let size = Double(pixels)
    let mean = averaged(factors.indices.map { factors[$0] * sums[$0] / size }, sharing)
    let lean = averaged(factors.indices.map { factors[$0] * along[$0] / size }, sharing)
    let slopes = lean.indices.map { -inverse[$0] * inverse[$0] * lean[$0] }
    let constants = mean.indices.map {
      -inverse[$0] * mean[$0] - slopes[$0] * statistics.means[$0]
    }
    let (slope, constant) = (padded(slopes), padded(constants))
    let result = Buffer(count: x.count)
    parallelRuns(batch * planes, cost: pixels * lanes) { plane, count in
      let start = plane * pixels * lanes
      ck_plane_blend(
        result.pointer + start, upstream.pointer + start, x.pointer + start,
        scale.pointer + plane * lanes, slope.pointer + plane * lanes,
        constant.pointer + plane * lanes, count, pixels, lanes)
    }
    return Gradients(source: result, factors: along, shifts: sums)
  }
}
