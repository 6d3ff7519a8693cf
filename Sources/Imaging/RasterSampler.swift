/// Reads a raster between its samples and beyond its edges.
struct RasterSampler {
  private let raster: Raster
  private let back: AffineMap
  private let isCubic: Bool
  private let border: WarpBorder
  /// From the middle of a sample of the result to the places that are averaged, in the source.
  private let offsets: [Point]

  /// - Parameter back: From places in the result to places in the raster.
  init(
    _ raster: Raster, _ interpolation: WarpInterpolation, _ border: WarpBorder,
    along back: AffineMap
  ) {
    self.raster = raster
    self.back = back
    self.border = border
    isCubic = interpolation == .bicubic
    guard interpolation == .area else {
      offsets = [Point(x: 0, y: 0)]
      return
    }
    func steps(_ x: Double, _ y: Double) -> Int {
      max(1, Int(min(64, (x * x + y * y).squareRoot()).rounded(.up)))
    }
    let (across, down) = (steps(back.xx, back.yx), steps(back.xy, back.yy))
    offsets = (0..<across * down).map { index in
      let u = (Double(index % across) + 0.5) / Double(across) - 0.5
      let v = (Double(index / across) + 0.5) / Double(down) - 0.5
      return Point(x: back.xx * u + back.xy * v, y: back.yx * u + back.yy * v)
    }
  }

  /// Reads what a part of row `y` of the result sees, the columns of each channel in turn.
  func read(_ columns: Range<Int>, row y: Int, into result: inout [Float]) {
    let (width, area, count) = (raster.width, raster.area, columns.count)
    let (right, bottom) = (Double(width - 1), Double(raster.height - 1))
    let share = 1 / Float(offsets.count)
    let source = raster.values.span
    var target = result.mutableSpan
    for i in target.indices { target[i] = 0 }
    for offset in offsets {
      let startX = back.xy * Double(y) + back.dx + offset.x
      let startY = back.yy * Double(y) + back.dy + offset.y
      for i in 0..<count {
        let x = back.xx * Double(columns.lowerBound + i) + startX
        let y = back.yx * Double(columns.lowerBound + i) + startY
        guard !isCubic, x >= 0, y >= 0, x < right, y < bottom else {
          let (across, down) = (taps(x, width), taps(y, raster.height))
          for channel in 0..<raster.channels {
            target[channel * count + i] += share * value(channel, across, down)
          }
          continue
        }
        let (left, top) = (Int(x), Int(y))
        let (u, v) = (Float(x - Double(left)), Float(y - Double(top)))
        var place = top * width + left
        for channel in 0..<raster.channels {
          let upper = source[place] + u * (source[place + 1] - source[place])
          let below = place + width
          let lower = source[below] + u * (source[below + 1] - source[below])
          target[channel * count + i] += share * (upper + v * (lower - upper))
          place += area
        }
      }
    }
  }

  /// The neighbours along one axis, −1 for one that is beyond a constant border, and their weights.
  private struct Taps {
    let places: SIMD4<Int>
    let weights: SIMD4<Float>
  }

  @inline(__always)
  private func value(_ channel: Int, _ columns: Taps, _ rows: Taps) -> Float {
    let values = raster.values.span
    let outside: Float = if case .constant(let value) = border { value } else { 0 }
    let taps = isCubic ? 4 : 2
    var sum: Float = 0
    for j in 0..<taps {
      var line = outside
      if rows.places[j] >= 0 {
        line = 0
        let start = channel * raster.area + rows.places[j] * raster.width
        for i in 0..<taps {
          let place = columns.places[i]
          line += columns.weights[i] * (place >= 0 ? values[start + place] : outside)
        }
      }
      sum += rows.weights[j] * line
    }
    return sum
  }

  private func taps(_ position: Double, _ size: Int) -> Taps {
    // Far outside nothing changes; the limit keeps the conversion from trapping.
    let position = max(-1e9, min(1e9, position))
    let before = position.rounded(.down)
    let first = Int(before)
    let t = Float(position - before)
    guard isCubic else {
      return Taps(
        places: SIMD4(inside(first, size), inside(first + 1, size), 0, 0),
        weights: SIMD4(1 - t, t, 0, 0))
    }
    return Taps(
      places: SIMD4(
        inside(first - 1, size), inside(first, size), inside(first + 1, size),
        inside(first + 2, size)),
      weights: SIMD4(
        ((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2,
        (t - 1) * t * t / 2))
  }

  private func inside(_ index: Int, _ size: Int) -> Int {
    if index >= 0, index < size { return index }
    switch border {
    case .constant: return -1
    case .replicate: return max(0, min(size - 1, index))
    case .reflect:
      guard size > 1 else { return 0 }
      let period = 2 * (size - 1)
      let folded = ((index % period) + period) % period
      return min(folded, period - folded)
    }
  }
}
