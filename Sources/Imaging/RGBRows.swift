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
  /// The row of its plane that each component holds; chroma rows serve several rows of the picture.
  private var loaded = [-1, -1, -1]
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
      guard row != loaded[index] else { continue }
      loaded[index] = row
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
    switch format.model {
    case .gray:
      limit(components[0], into: &red)
      limit(components[0], into: &green)
      limit(components[0], into: &blue)
    case .rgb:
      limit(components[0], into: &red)
      limit(components[1], into: &green)
      limit(components[2], into: &blue)
    case .yuv:
      combine(components, 0, matrix[2], into: &red)
      combine(components, matrix[4], matrix[5], into: &green)
      combine(components, matrix[7], 0, into: &blue)
    }
  }
}

private func limit(_ values: [Float], into row: inout [Float]) {
  let values = values.span
  var row = row.mutableSpan
  for x in row.indices { row[x] = max(0, min(255, values[x])) }
}

/// Luma and weighted colour differences.
private func combine(
  _ components: [[Float]], _ u: Float, _ v: Float, into row: inout [Float]
) {
  let (lumaRow, uRow, vRow) = (components[0], components[1], components[2])
  let luma = lumaRow.span
  let first = uRow.span
  let second = vRow.span
  var row = row.mutableSpan
  for x in row.indices {
    row[x] = max(0, min(255, luma[x] + u * first[x] + v * second[x]))
  }
}

private func spread<S: Sample>(
  _ samples: [S], _ start: Int, _ shift: Int, _ zero: Float, _ factor: Float,
  into row: inout [Float]
) {
  let count = (row.count + (1 << shift) - 1) >> shift
  let source = samples.span.extracting(start..<start + count)
  var row = row.mutableSpan
  switch shift {
  case 0:
    for x in row.indices { row[x] = (source[x].number - zero) * factor }
  case 1:
    for x in 0..<row.count / 2 {
      let value = (source[x].number - zero) * factor
      row[2 * x] = value
      row[2 * x + 1] = value
    }
    if row.count % 2 == 1 {
      row[row.count - 1] = (source[count - 1].number - zero) * factor
    }
  default:
    for x in row.indices { row[x] = (source[x >> shift].number - zero) * factor }
  }
}
