internal import MediaTypes

extension Plane {
  /// The plane's means over `width` × `height` equal parts, in units of samples.
  func reduced(width newWidth: Int, height newHeight: Int) -> [Float] {
    let columns = Resampling.averaging(width, to: newWidth)
    let rows = Resampling.averaging(height, to: newHeight)
    switch samples {
    case .eight(let samples): return reduce(samples, width: width, columns, rows)
    case .sixteen(let samples): return reduce(samples, width: width, columns, rows)
    }
  }
}

/// Sums rows first, since that is one long loop over neighbouring samples, then columns of the sums.
private func reduce<S: Sample>(
  _ samples: [S], width: Int, _ columns: Resampling, _ rows: Resampling
) -> [Float] {
  var result = [Float](repeating: 0, count: columns.count * rows.count)
  var sums = [Float](repeating: 0, count: width)
  let source = samples.span
  for y in 0..<rows.count {
    var row = sums.mutableSpan
    for x in row.indices { row[x] = 0 }
    for tap in 0..<rows.taps {
      let weight = rows.weights[y * rows.taps + tap]
      guard weight != 0 else { continue }
      accumulate(source, from: (rows.starts[y] + tap) * width, times: weight, into: &row)
    }
    for x in 0..<columns.count {
      var sum: Float = 0
      for tap in 0..<columns.taps {
        sum += sums[columns.starts[x] + tap] * columns.weights[x * columns.taps + tap]
      }
      result[y * columns.count + x] = sum
    }
  }
  return result
}
