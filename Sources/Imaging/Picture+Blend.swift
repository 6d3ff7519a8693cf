internal import Foundation
public import MediaTypes

extension Picture {
  /// Puts colours into the picture where a mask lets them through.
  ///
  /// They are written in the picture's own format, range, matrix and depth, each sample rounded once;
  /// where the mask is 0 and outside the raster no sample changes, nor does alpha.
  ///
  /// - Parameters:
  ///   - colors: Red, green and blue in 0…1.
  ///   - mask: One channel of the same size, 0…1.
  ///   - map: From places in the raster to places in the upright picture.
  public mutating func blend(_ colors: Raster, mask: Raster, by map: AffineMap) {
    precondition(colors.channels == 3, "colours of \(colors.channels) channels")
    let scale = ColorScale(of: self)
    let rows = componentRows
    place(colors, mask, by: map, planes: 0..<format.colorPlaneCount) { index in
      PlaneChange(
        zero: scale.zeros[index], weights: rows[index].map { $0 * scale.units[index] },
        replaces: true)
    }
  }

  /// Adds to the picture's luma where a mask lets it through, and leaves its chroma alone.
  ///
  /// Red, green and blue each change by as much as luma does.
  ///
  /// - Parameters:
  ///   - difference: One channel: what is added, in units of full luma.
  ///   - mask: One channel of the same size, 0…1.
  ///   - map: From places in the raster to places in the upright picture.
  public mutating func addLuma(_ difference: Raster, mask: Raster, by map: AffineMap) {
    precondition(difference.channels == 1, "a luma of \(difference.channels) channels")
    let units = ColorScale(of: self).units
    let count = format.model == .rgb ? 3 : 1
    place(difference, mask, by: map, planes: 0..<count) { index in
      PlaneChange(zero: 0, weights: [units[index]], replaces: false)
    }
  }

  /// What each plane takes of red, green and blue in 0…1.
  private var componentRows: [[Float]] {
    switch format.model {
    case .rgb: return [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .gray: return [[0.299, 0.587, 0.114]]
    case .yuv:
      let (red, blue) = color.lumaWeights(height: height)
      let matrix = ColorScale.yuv(red: red, blue: blue)
      return (0..<3).map { Array(matrix[3 * $0..<3 * $0 + 3]) }
    }
  }

  /// Changes each sample that the mask reaches.
  private mutating func place(
    _ raster: Raster, _ mask: Raster, by map: AffineMap, planes indices: Range<Int>,
    _ change: (_ plane: Int) -> PlaneChange
  ) {
    raster.expectSize(of: mask, "a mask")
    let stored = map.then(.storage(of: self))
    for index in indices {
      let isChroma = format.isChroma(plane: index)
      // A chroma sample stands in the middle of those that share it.
      let (stepX, stepY) = (
        Double(isChroma ? 1 << format.chromaShiftX : 1),
        Double(isChroma ? 1 << format.chromaShiftY : 1)
      )
      let toPlane = stored.then(
        AffineMap(
          xx: 1 / stepX, xy: 0, dx: 0.5 / stepX - 0.5, yx: 0, yy: 1 / stepY,
          dy: 0.5 / stepY - 0.5))
      planes[index].apply(
        change(index), raster, mask, by: toPlane, maximum: Float(format.maximum))
    }
  }
}

/// What becomes of a sample: `zero + Σ weights · values` in its place, or added to it.
private struct PlaneChange {
  let zero: Float
  /// One per channel of the raster.
  let weights: [Float]
  let replaces: Bool
}

extension Plane {
  fileprivate mutating func apply(
    _ change: PlaneChange, _ raster: Raster, _ mask: Raster, by map: AffineMap, maximum: Float
  ) {
    let corners = [
      (-1, -1), (raster.width, -1), (-1, raster.height), (raster.width, raster.height),
    ]
    .map { map(Point(x: Double($0.0), y: Double($0.1))) }
    func range(_ values: [Double], _ size: Int) -> Range<Int> {
      let low = max(0, min(Double(size), (values.min() ?? 0).rounded(.down)))
      let high = max(low, min(Double(size), (values.max() ?? 0).rounded(.up) + 1))
      return Int(low)..<Int(high)
    }
    let (columns, rows) = (range(corners.map(\.x), width), range(corners.map(\.y), height))
    let back = map.inverse
    let colors = RasterSampler(raster, .area, .replicate, along: back)
    let shares = RasterSampler(mask, .area, .constant(0), along: back)
    let (count, width) = (columns.count, width)
    func changed<S: Sample>(_ samples: [S]) -> [S] {
      var samples = samples
      var share = [Float](repeating: 0, count: count)
      var values = [Float](repeating: 0, count: count * raster.channels)
      for y in rows {
        shares.read(columns, row: y, into: &share)
        guard share.contains(where: { $0 > 0 }) else { continue }
        colors.read(columns, row: y, into: &values)
        let start = y * width + columns.lowerBound
        for x in 0..<count where share[x] > 0 {
          let old = samples[start + x].number
          var value = change.zero
          for (channel, weight) in change.weights.enumerated() {
            value += weight * values[channel * count + x]
          }
          let new = old + min(1, share[x]) * (change.replaces ? value - old : value)
          if new != old { samples[start + x] = S(rounding: max(0, min(maximum, new))) }
        }
      }
      return samples
    }
    switch samples {
    case .eight(let given): samples = .eight(changed(given))
    case .sixteen(let given): samples = .sixteen(changed(given))
    }
  }
}
