public import Kernels

/// How a grid finds values between pixels.
public enum GridInterpolation: Hashable, Sendable {
  /// The nearest pixel; of two equally near ones, that with the even index.
  case nearest
  /// Among the four pixels around.
  case bilinear
}

/// Pictures read at the places of a grid.
///
/// | Quantity | Shape |
/// |---|---|
/// | `x` | `[batch, channels, height, width]` |
/// | `grid` | `[batch, rows, columns, 2]`: x, then y, −1…1 across the picture |
/// | result | `[batch, channels, rows, columns]` |
///
/// Conventions are those of PyTorch's `grid_sample`. Unlike it, both gradients can be differentiated
/// again.
///
/// - Parameter alignCorners: Whether −1 and 1 are the centres of the outermost pixels or their outer
///   edges.
public func gridSampled(
  _ x: Tensor, at grid: Tensor, _ interpolation: GridInterpolation = .bilinear,
  padding: GridPadding = .zeros, alignCorners: Bool = false
) -> Tensor {
  precondition(
    x.shape.count == 4 && grid.shape.count == 4 && grid.shape[0] == x.shape[0]
      && grid.shape[3] == 2, "a grid of \(grid.shape) over \(x.shape)")
  let grid = grid.plain
  func axis(_ offset: Int, _ size: Int) -> GridAxis {
    GridAxis(
      grid.buffer, offset: offset, size: size, alignCorners: alignCorners, padding: padding,
      isNearest: interpolation == .nearest)
  }
  let (rows, columns) = (axis(1, x.extent.height), axis(0, x.extent.width))
  let taps = GridTaps(
    rows: rows, columns: columns, images: x.shape[0],
    neighbours: interpolation == .nearest ? 1 : 4, height: x.extent.height, width: x.extent.width)
  let weights: Tensor
  switch interpolation {
  case .nearest:
    weights = Tensor(repeating: 1, shape: [x.shape[0], 1, taps.points])
  case .bilinear:
    let (below, right) = (fraction(grid, rows, offset: 1), fraction(grid, columns, offset: 0))
    let (above, left) = (1 - below, 1 - right)
    weights = concatenated([above * left, above * right, below * left, below * right], axis: 1)
  }
  return sampled(
    x, weights, taps, size: Extent(height: grid.shape[1], width: grid.shape[2]),
    as: .gridSample(interpolation, padding: padding, alignCorners: alignCorners), of: [x, grid])
}

/// The distances of places from their pixels, `[batch, 1, points]`, as a function of the grid.
private func fraction(_ grid: Tensor, _ axis: GridAxis, offset: Int) -> Tensor {
  let (batch, points) = (grid.shape[0], grid.shape[1] * grid.shape[2])
  let slope = Tensor(taking: axis.slope, shape: [batch, 1, points])
  return Tensor.recorded(axis.fraction, shape: [batch, 1, points], from: [grid]) { upstream in
    let along = (upstream * slope).reshaped(Array(grid.shape[..<3]) + [1])
    return [along.padded(before: offset, after: 1 - offset, axis: 3)]
  }
}

// A sum of pixels times weights, and its adjoints in each: a pullback of one is made of the other
// two.

private func sampled(
  _ x: Tensor, _ weights: Tensor, _ taps: GridTaps, size: Extent, as operation: Operation? = nil,
  of named: [Tensor]? = nil
) -> Tensor {
  let weights = weights.plain
  return Tensor.recorded(
    taps.sample(x.buffer, weights: weights.buffer, lanes: x.lanes),
    shape: x.shape(channels: x.shape[1], size), layout: x.layout, from: [x, weights],
    as: operation, of: named
  ) {
    let upstream = $0.laid(as: x)
    return [
      spread(upstream, weights, taps),
      weights.isTracked ? dots(x, upstream, taps) : nil,
    ]
  }
}

private func spread(_ sample: Tensor, _ weights: Tensor, _ taps: GridTaps) -> Tensor {
  let (weights, size) = (weights.plain, Extent(height: taps.height, width: taps.width))
  return Tensor.recorded(
    taps.spread(sample.buffer, weights: weights.buffer, lanes: sample.lanes),
    shape: sample.shape(channels: sample.shape[1], size), layout: sample.layout,
    from: [sample, weights]
  ) {
    let upstream = $0.laid(as: sample)
    return [
      sampled(upstream, weights, taps, size: sample.extent), dots(upstream, sample, taps),
    ]
  }
}

private func dots(_ x: Tensor, _ sample: Tensor, _ taps: GridTaps) -> Tensor {
  Tensor.recorded(
    taps.dots(x.buffer, sample.buffer, channels: x.shape[1], lanes: x.lanes),
    shape: [x.shape[0], taps.neighbours, taps.points], from: [x, sample]
  ) { [spread(sample, $0, taps), sampled(x, $0, taps, size: sample.extent)] }
}

/// The grid of an affine map for ``gridSampled(_:at:_:padding:alignCorners:)``.
///
/// Maps `[batch, 2, 3]`, which takes `(x, y, 1)` in the result to a place in the picture, to
/// `[batch, height, width, 2]`.
///
/// - Parameter alignCorners: As in sampling.
public func affineGrid(_ transform: Tensor, size: Extent, alignCorners: Bool = false) -> Tensor {
  precondition(transform.shape.dropFirst() == [2, 3], "an affine map of \(transform.shape)")
  func coordinate(_ index: Int, _ count: Int) -> Float {
    guard alignCorners else { return (2 * Float(index) + 1) / Float(count) - 1 }
    return count > 1 ? 2 * Float(index) / Float(count - 1) - 1 : 0
  }
  let places = (0..<size.height).flatMap { row -> [Float] in
    (0..<size.width).flatMap { column -> [Float] in
      [coordinate(column, size.width), coordinate(row, size.height), 1]
    }
  }
  let batch = transform.shape[0]
  let columns = (0..<3).map { transform.sliced($0..<$0 + 1, axis: 2).reshaped([batch, 1, 1, 2]) }
  return concatenated(columns, axis: 1)
    .mixed(by: Matrix(places, rows: size.height * size.width, columns: 3))
    .reshaped([batch, size.height, size.width, 2])
}
