public import MediaTypes

extension Raster {
  /// What a screen would show of an upright picture: red, green and blue in 0…1.
  ///
  /// Converted by the picture's own range, matrix and depth; subsampled chroma is repeated.
  public init(rgb picture: Picture) {
    let picture = picture.turnedUpright()
    var rows = RGBRows(of: picture)
    let area = picture.width * picture.height
    var values = [Float](repeating: 0, count: 3 * area)
    for y in 0..<picture.height {
      rows.load(y)
      let start = y * picture.width
      scale(rows.red, into: &values, at: start)
      scale(rows.green, into: &values, at: area + start)
      scale(rows.blue, into: &values, at: 2 * area + start)
    }
    self.init(width: picture.width, height: picture.height, channels: 3, values: values)
  }

  /// The luma of red, green and blue: `0.299 R + 0.587 G + 0.114 B`.
  public var luma: Raster {
    precondition(channels == 3, "the luma of \(channels) channels")
    var luma = [Float](repeating: 0, count: area)
    let source = values.span
    var target = luma.mutableSpan
    for i in target.indices {
      target[i] = 0.299 * source[i] + 0.587 * source[area + i] + 0.114 * source[2 * area + i]
    }
    return Raster(width: width, height: height, channels: 1, values: luma)
  }
}

private func scale(_ row: [Float], into values: inout [Float], at start: Int) {
  let source = row.span
  var target = values.mutableSpan
  for x in source.indices { target[start + x] = source[x] * (1 / 255) }
}
