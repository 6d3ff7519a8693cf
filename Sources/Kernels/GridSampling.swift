internal import CKernels

/// What a grid reads outside the picture.
public enum GridPadding: Hashable, Sendable {
  /// 0.
  case zeros
  /// The nearest pixel.
  case border
  /// The picture mirrored at its borders.
  case reflection

  fileprivate var code: ck_grid_padding {
    switch self {
    case .zeros: ck_grid_zeros
    case .border: ck_grid_border
    case .reflection: ck_grid_reflection
    }
  }
}

/// Places between pixels along one axis.
public struct GridAxis: Sendable {
  /// How far each place lies behind its pixel, and how fast that grows with the coordinate.
  public let fraction, slope: Buffer
  fileprivate let indices: [Int32]

  /// - Parameters:
  ///   - grid: Coordinates `[…, 2]`, −1…1 across the picture.
  ///   - offset: Which of the two: 0 for x, 1 for y.
  ///   - size: Pixels along the axis.
  ///   - alignCorners: Whether −1 and 1 are the centres of the outermost pixels or their outer
  ///     edges.
  ///   - isNearest: Whether the nearest pixel is meant, instead of the one before.
  public init(
    _ grid: Buffer, offset: Int, size: Int, alignCorners: Bool, padding: GridPadding,
    isNearest: Bool
  ) {
    let count = grid.count / 2
    let (fraction, slope) = (Buffer(count: count), Buffer(count: count))
    indices = [Int32](unsafeUninitializedCapacity: count) { indices, written in
      ck_grid_axis(
        indices.baseAddress, fraction.pointer, slope.pointer, grid.pointer + offset, 2, count,
        size, alignCorners ? 1 : 0, padding.code, isNearest ? 1 : 0)
      written = count
    }
    (self.fraction, self.slope) = (fraction, slope)
  }
}

/// The pixels that each of many places is a weighted sum of: linear in the pixels, linear in the
/// weights.
public struct GridTaps: Sendable {
  public let height, width: Int
  /// Places per image.
  public let points: Int
  /// Pixels per place: 1, or the 4 around it.
  public let neighbours: Int
  private let taps: [Int32]

  public init(
    rows: GridAxis, columns: GridAxis, images: Int, neighbours: Int, height: Int, width: Int
  ) {
    let count = rows.indices.count
    precondition(count % images == 0 && count == columns.indices.count, "\(count) places")
    points = count / images
    self.neighbours = neighbours
    self.height = height
    self.width = width
    taps = [Int32](unsafeUninitializedCapacity: count * neighbours) { [points] taps, written in
      ck_grid_taps(
        taps.baseAddress, rows.indices, columns.indices, count, points, Int32(neighbours), height,
        width)
      written = count * neighbours
    }
  }

  private var pixels: Int { height * width }
  private var images: Int { taps.count / (neighbours * points) }

  /// `Σ weight · pixel` at every place.
  ///
  /// - Parameters:
  ///   - source: `[images, channels, height, width]`, plain or blocked.
  ///   - weights: `[images, neighbours, points]`.
  ///   - lanes: Channels per plane: ``channelLanes`` of blocked pictures, 1 of plain ones.
  /// - Returns: `[images, channels, points]` in the layout of the source.
  public func sample(_ source: Buffer, weights: Buffer, lanes: Int) -> Buffer {
    check(weights)
    let planes = source.count / (pixels * lanes)
    let result = Buffer(count: planes * points * lanes)
    parallelRuns(planes * points, cost: neighbours * lanes) { first, count in
      ck_sample(
        result.pointer, source.pointer, taps, weights.pointer, first, count, planes / images,
        pixels, points, neighbours, lanes)
    }
    return result
  }

  /// The adjoint of ``sample(_:weights:lanes:)`` in its source.
  public func spread(_ sampled: Buffer, weights: Buffer, lanes: Int) -> Buffer {
    check(weights)
    let planes = sampled.count / (points * lanes)
    let result = Buffer(count: planes * pixels * lanes)
    parallelRuns(planes, cost: (neighbours * points + pixels) * lanes) { first, count in
      ck_spread(
        result.pointer, sampled.pointer, taps, weights.pointer, first, count, planes / images,
        pixels, points, neighbours, lanes)
    }
    return result
  }

  /// The adjoint of ``sample(_:weights:lanes:)`` in its weights.
  public func dots(_ source: Buffer, _ sampled: Buffer, channels: Int, lanes: Int) -> Buffer {
    let planes = images * ((channels + lanes - 1) / lanes)
    precondition(
      source.count == planes * pixels * lanes && sampled.count == planes * points * lanes,
      "\(source.count) and \(sampled.count) floats as \(channels) channels")
    let result = Buffer(count: taps.count)
    parallelRuns(taps.count, cost: channels) { first, count in
      ck_sample_dots(
        result.pointer, source.pointer, sampled.pointer, taps, first, count, channels, pixels,
        points, neighbours, lanes)
    }
    return result
  }

  private func check(_ weights: Buffer) {
    precondition(weights.count == taps.count, "\(weights.count) weights for \(taps.count) taps")
  }
}
