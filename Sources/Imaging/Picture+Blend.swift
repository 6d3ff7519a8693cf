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
        zero: scale.zeros[index], weights: rows[index].map { $0 * scale.units[index] }, .replace)
    }
  }

  /// Adds to the picture's luma where a mask lets it through.
  ///
  /// Where it gets brighter, chroma stays, and red, green and blue each change by as much as luma
  /// does. Where it gets darker, chroma shrinks in proportion, as it does in a shadow: skin would
  /// turn red else.
  ///
  /// - Parameters:
  ///   - difference: One channel: what is added, in units of full luma.
  ///   - mask: One channel of the same size, 0…1.
  ///   - map: From places in the raster to places in the upright picture.
  public mutating func addLuma(_ difference: Raster, mask: Raster, by map: AffineMap) {
    precondition(difference.channels == 1, "a luma of \(difference.channels) channels")
    let scale = ColorScale(of: self)
    let luma = LumaReader(self, scale)
    let model = format.model
    place(difference, mask, by: map, planes: 0..<format.colorPlaneCount) { index in
      switch model {
      case .rgb: PlaneChange(zero: scale.zeros[index], weights: [scale.units[index]], .shade(luma))
      case .yuv where index > 0: PlaneChange(zero: scale.zeros[index], weights: [0], .shade(luma))
      case .yuv, .gray: PlaneChange(zero: 0, weights: [scale.units[index]], .add)
      }
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

/// What becomes of the samples of a plane.
private struct PlaneChange {
  enum Rule {
    /// `zero + Σ weights · values` comes in their place.
    case replace
    /// `Σ weights · values` is added.
    case add
    /// What is positive is added; what is negative shrinks them towards `zero` as it does luma.
    case shade(LumaReader)
  }

  /// The sample that stands for 0.
  let zero: Float
  /// One per channel of the raster.
  let weights: [Float]
  let rule: Rule

  init(zero: Float, weights: [Float], _ rule: Rule) {
    self.zero = zero
    self.weights = weights
    self.rule = rule
  }

  /// - Parameters:
  ///   - value: The raster's value of a channel.
  ///   - share: How far the mask lets it through.
  func callAsFunction(
    _ old: Float, x: Int, y: Int, share: Float, _ value: (_ channel: Int) -> Float
  ) -> Float {
    let sum = weights.indices.reduce(0) { $0 + weights[$1] * value($1) }
    switch rule {
    case .replace: return old + share * (zero + sum - old)
    case .add: return old + share * sum
    case .shade(let luma):
      let change = share * value(0)
      guard change < 0 else { return old + share * sum }
      let before = luma(x, y)
      return before > 0 ? zero + (old - zero) * max(0, 1 + change / before) : old
    }
  }
}

/// The luma of a picture, in 0…1, where the samples of its last plane of colour are.
private struct LumaReader {
  private let planes: [Plane]
  private let weights: [Float]
  private let zero: Float
  /// Rows and columns of luma for one sample.
  private let height, width: Int

  init(_ picture: Picture, _ scale: ColorScale) {
    let isRGB = picture.format.model == .rgb
    planes = Array(picture.planes[..<(isRGB ? 3 : 1)])
    weights = (isRGB ? [0.299, 0.587, 0.114] : [1]).map { $0 / scale.units[0] }
    zero = scale.zeros[0]
    (height, width) =
      picture.format.model == .yuv
      ? (1 << picture.format.chromaShiftY, 1 << picture.format.chromaShiftX) : (1, 1)
  }

  func callAsFunction(_ x: Int, _ y: Int) -> Float {
    var sum: Float = 0
    for (plane, weight) in zip(planes, weights) {
      for row in y * height..<(y + 1) * height {
        for column in x * width..<(x + 1) * width {
          let sample = plane[min(column, plane.width - 1), min(row, plane.height - 1)]
          sum += weight * (Float(sample) - zero)
        }
      }
    }
    return sum / Float(height * width)
  }
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
          let new = change(
            old, x: columns.lowerBound + x, y: y, share: min(1, share[x])
          ) { values[$0 * count + x] }
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
