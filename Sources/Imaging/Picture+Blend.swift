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
    place(colors, mask, by: map) { index, color, share, old in
      let row = rows[index]
      let component = row[0] * color[0] + row[1] * color[1] + row[2] * color[2]
      return old + share * (scale.zeros[index] + scale.units[index] * component - old)
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
    place(difference, mask, by: map, lumaAlone: true) { index, luma, share, old in
      old + share * units[index] * luma[0]
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

  /// Replaces each sample that the mask reaches.
  private mutating func place(
    _ raster: Raster, _ mask: Raster, by map: AffineMap, lumaAlone: Bool = false,
    _ change: (_ plane: Int, _ values: [Float], _ share: Float, _ old: Float) -> Float
  ) {
    raster.expectSize(of: mask, "a mask")
    let stored = map.then(.storage(of: self))
    for index in 0..<format.colorPlaneCount {
      let isChroma = format.isChroma(plane: index)
      if lumaAlone, isChroma { continue }
      // A chroma sample stands in the middle of those that share it.
      let (stepX, stepY) = (
        Double(isChroma ? 1 << format.chromaShiftX : 1),
        Double(isChroma ? 1 << format.chromaShiftY : 1)
      )
      let toPlane = stored.then(
        AffineMap(
          xx: 1 / stepX, xy: 0, dx: 0.5 / stepX - 0.5, yx: 0, yy: 1 / stepY,
          dy: 0.5 / stepY - 0.5))
      let back = toPlane.inverse
      var colors = RasterSampler(raster, .area, .replicate, along: back)
      var shares = RasterSampler(mask, .area, .constant(0), along: back)
      let maximum = Float(format.maximum)
      planes[index].change(within: toPlane, of: raster) { x, y, old in
        let place = back(Point(x: Double(x), y: Double(y)))
        shares.sample(at: place)
        let share = max(0, min(1, shares.found[0]))
        guard share > 0 else { return old }
        colors.sample(at: place)
        return max(0, min(maximum, change(index, colors.found, share, old)))
      }
    }
  }
}

extension Plane {
  /// Replaces the samples that a raster may reach.
  fileprivate mutating func change(
    within map: AffineMap, of raster: Raster, _ body: (_ x: Int, _ y: Int, _ old: Float) -> Float
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
    func changed<S: Sample>(_ samples: [S]) -> [S] {
      var samples = samples
      for y in rows {
        for x in columns {
          let old = samples[y * width + x].number
          let new = body(x, y, old)
          if new != old { samples[y * width + x] = S(rounding: new) }
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
