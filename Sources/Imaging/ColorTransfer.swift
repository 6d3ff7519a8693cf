internal import Foundation
internal import Kernels

/// How colours are brought to the statistics of other colours.
public enum ColorTransfer: Hashable, Sendable {
  /// The root of a covariance that a linear transfer takes.
  public enum Root: Hashable, Sendable {
    /// Lower triangular.
    case cholesky
    /// Symmetric, from the principal components.
    case principalComponents
    /// The one map that moves colours least.
    case symmetric
  }

  /// Mean and deviation of each of L*, a* and b*.
  ///
  /// Source: Reinhard et al. 2001, "Color transfer between images", IEEE CG&A 21(5). Differs from
  /// it in the colour space, L*a*b* (D65) of sRGB instead of lαβ, as face swappers have it.
  case reinhard
  /// Mean and covariance of red, green and blue, by one matrix.
  ///
  /// Source: Hertzmann 2001, "Algorithms for rendering in artistic styles", appendix B, for the
  /// first two roots.
  case linear(Root)
  /// The distributions along random axes in turn, by histograms.
  ///
  /// Source: Pitié, Kokaram & Dahyot 2007, "Automated colour grading using colour distribution
  /// transfer", section 4.
  case iterativeDistribution(rotations: Int = 20, bins: Int = 256)
  /// The distributions along random axes, a few at a time, by the step that leaves least on average.
  ///
  /// Source: Pitié et al. as above; Bonneel et al. 2015, "Sliced and Radon Wasserstein barycenters
  /// of measures", section 3.
  case slicedOptimalTransport(steps: Int = 10, axes: Int = 5)

  /// Mean and covariance by the linear map that moves colours least.
  ///
  /// Source: Pitié & Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping",
  /// equation 10.
  public static let mongeKantorovich = ColorTransfer.linear(.symmetric)
}

extension Raster {
  /// Red, green and blue in the colours of another raster.
  ///
  /// - Parameters:
  ///   - reference: Red, green and blue, of any size.
  ///   - mask: Where colours here count, and are changed: at least half of 1; everywhere if `nil`.
  ///   - referenceMask: Where the reference counts.
  ///   - generator: Draws the axes of the two random transfers; others draw nothing.
  /// - Returns: Not kept to 0…1. The raster itself, if no more than one sample counts on a side.
  public func recolored(
    like reference: Raster, by transfer: ColorTransfer, mask: Raster? = nil,
    referenceMask: Raster? = nil, using generator: inout some RandomNumberGenerator
  ) -> Raster {
    precondition(
      channels == 3 && reference.channels == 3, "colours of \(channels) like \(reference.channels)")
    let places = counted(mask)
    let given = colors(at: places)
    let wanted = reference.colors(at: reference.counted(referenceMask))
    guard given.count > 1, wanted.count > 1 else { return self }
    let changed: [SIMD3<Double>]
    switch transfer {
    case .reinhard:
      let spread = matchedMoments(given.map(labColor), wanted.map(labColor))
      changed = spread.map(rgbColor)
    case .linear(let root):
      changed = matchedCovariance(given, wanted, root)
    case .iterativeDistribution(let rotations, let bins):
      changed = (0..<rotations).reduce(given) { colors, _ in
        rotated(colors, like: wanted, axes: rotation(using: &generator), share: 1) {
          matchedHistogram($0, $1, bins: bins)
        }
      }
    case .slicedOptimalTransport(let steps, let axes):
      changed = (0..<steps).reduce(given) { colors, _ in
        let turned = (0..<axes).map { _ in [rotation(using: &generator)[0]] }
        return rotated(
          colors, like: wanted, axes: turned.flatMap(\.self), share: 3 / Double(axes + 2),
          matchedOrder)
      }
    }
    var result = self
    for (place, color) in zip(places, changed) {
      for channel in 0..<3 { result.values[channel * area + place] = Float(color[channel]) }
    }
    return result
  }

  private func counted(_ mask: Raster?) -> [Int] {
    guard let mask else { return Array(0..<area) }
    expectSize(of: mask, "a mask")
    return (0..<area).filter { mask.values[$0] >= 0.5 }
  }

  private func colors(at places: [Int]) -> [SIMD3<Double>] {
    places.map {
      SIMD3(
        Double(values[$0]), Double(values[area + $0]), Double(values[2 * area + $0]))
    }
  }
}

/// Moves colours along each axis to the distribution of others along it.
private func rotated(
  _ colors: [SIMD3<Double>], like wanted: [SIMD3<Double>], axes: [SIMD3<Double>], share: Double,
  _ matched: ([Double], [Double]) -> [Double]
) -> [SIMD3<Double>] {
  var result = colors
  for axis in axes {
    let along = colors.map { ($0 * axis).sum() }
    let moved = matched(along, wanted.map { ($0 * axis).sum() })
    for i in result.indices {
      let step: Double = share * (moved[i] - along[i])
      result[i] += step * axis
    }
  }
  return result
}

/// Three orthogonal axes, drawn evenly over all directions.
private func rotation(using generator: inout some RandomNumberGenerator) -> [SIMD3<Double>] {
  let normals = (0..<9).map { _ -> Double in
    let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &generator))).squareRoot()
    return radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
  }
  // The orthogonal matrix nearest to one of normal numbers.
  let parts = SingularValues(of: normals, rows: 3, columns: 3)
  return (0..<3).map { row in
    var axis = SIMD3<Double>()
    for k in 0..<3 {
      let right = SIMD3(parts.right[3 * k], parts.right[3 * k + 1], parts.right[3 * k + 2])
      axis += parts.left[3 * row + k] * right
    }
    return axis
  }
}

/// Values moved so that the shares of their histogram below each become those of `wanted`.
private func matchedHistogram(_ values: [Double], _ wanted: [Double], bins: Int) -> [Double] {
  let low = min(values.min() ?? 0, wanted.min() ?? 0)
  let high = max(values.max() ?? 0, wanted.max() ?? 0)
  guard high > low else { return values }
  let width = (high - low) / Double(bins)
  /// The share below each bin's end, beginning with 0.
  func cumulative(_ values: [Double]) -> [Double] {
    var counts = [Double](repeating: 0, count: bins)
    for value in values { counts[min(bins - 1, Int((value - low) / width))] += 1 }
    var sum = 0.0
    return [0]
      + counts.map { count in
        sum += count
        return sum / Double(values.count)
      }
  }
  let (own, other) = (cumulative(values), cumulative(wanted))
  var at = 0
  let ends = own.map { share -> Double in
    while at < bins - 1, other[at + 1] < share { at += 1 }
    let step = other[at + 1] - other[at]
    let part = step > 0 ? (share - other[at]) / step : 0
    return low + width * (Double(at) + max(0, min(1, part)))
  }
  return values.map { value in
    let place = (value - low) / width
    let bin = min(bins - 1, Int(place))
    return ends[bin] + (place - Double(bin)) * (ends[bin + 1] - ends[bin])
  }
}

/// Values moved to those of `wanted` at the same share of all, in order.
private func matchedOrder(_ values: [Double], _ wanted: [Double]) -> [Double] {
  // Places sorted as whole numbers: the bits of a Float, turned so that they rise with it, then the
  // index.
  let keys = values.enumerated().map { index, value -> UInt64 in
    let bits = Float(value).bitPattern
    let rising = bits >> 31 == 1 ? ~bits : bits | 0x8000_0000
    return UInt64(rising) << 32 | UInt64(index)
  }
  let order = keys.sorted().map { Int($0 & 0xFFFF_FFFF) }
  let sorted = wanted.sorted()
  let scale =
    values.count > 1 ? Double(sorted.count - 1) / Double(values.count - 1) : 0
  var result = values
  for (rank, index) in order.enumerated() {
    let place = Double(rank) * scale
    let before = min(sorted.count - 1, Int(place))
    let after = min(sorted.count - 1, before + 1)
    result[index] = sorted[before] + (place - Double(before)) * (sorted[after] - sorted[before])
  }
  return result
}
