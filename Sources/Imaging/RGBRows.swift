internal import MediaTypes

/// A picture's rows as red, green and blue in 8-bit units, as a screen would show them.
///
/// Converted by the picture's own range and matrix, kept within 0…255 but not rounded. Subsampled
/// chroma is repeated, not interpolated.
struct RGBRows {
  private let picture: Picture
  private let scale: ColorScale
  private let matrix: [Float]
  private var components: [[Float]]
  private(set) var red: [Float]
  private(set) var green: [Float]
  private(set) var blue: [Float]

  init(of picture: Picture) {
    self.picture = picture
    scale = ColorScale(of: picture)
    let (red, blue) = picture.color.lumaWeights(height: picture.height)
    matrix = ColorScale.rgb(red: red, blue: blue)
    let row = [Float](repeating: 0, count: picture.width)
    components = [row, row, row]
    (self.red, green, self.blue) = (row, row, row)
  }

  /// Converts row `y` into ``red``, ``green`` and ``blue``.
  mutating func load(_ y: Int) {
    let format = picture.format
    for index in 0..<format.colorPlaneCount {
      let isChroma = format.isChroma(plane: index)
      let row = isChroma ? y >> format.chromaShiftY : y
      let factor = 255 / scale.units[index]
      let shift = isChroma ? format.chromaShiftX : 0
      switch picture.planes[index].samples {
      case .eight(let samples):
        spread(
          samples, row * picture.planes[index].width, shift, scale.zeros[index], factor,
          into: &components[index])
      case .sixteen(let samples):
        spread(
          samples, row * picture.planes[index].width, shift, scale.zeros[index], factor,
          into: &components[index])
      }
    }
    let count = picture.width
    switch format.model {
    case .gray:
      for x in 0..<count { red[x] = limited(components[0][x]) }
      (green, blue) = (red, red)
    case .rgb:
      for x in 0..<count { red[x] = limited(components[0][x]) }
      for x in 0..<count { green[x] = limited(components[1][x]) }
      for x in 0..<count { blue[x] = limited(components[2][x]) }
    case .yuv:
      let (rv, gu, gv, bu) = (matrix[2], matrix[4], matrix[5], matrix[7])
      let luma = components[0]
      let u = components[1]
      let v = components[2]
      for x in 0..<count { red[x] = limited(luma[x] + rv * v[x]) }
      for x in 0..<count { green[x] = limited(luma[x] + gu * u[x] + gv * v[x]) }
      for x in 0..<count { blue[x] = limited(luma[x] + bu * u[x]) }
    }
  }
}

private func limited(_ value: Float) -> Float { max(0, min(255, value)) }

private func spread<S: Sample>(
  _ samples: [S], _ start: Int, _ shift: Int, _ zero: Float, _ factor: Float,
  into row: inout [Float]
) {
  if shift == 0 {
    for x in row.indices { row[x] = (samples[start + x].number - zero) * factor }
  } else {
    for x in row.indices { row[x] = (samples[start + (x >> shift)].number - zero) * factor }
  }
}
