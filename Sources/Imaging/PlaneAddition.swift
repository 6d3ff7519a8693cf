internal import MediaTypes

extension Plane {
  /// The plane with a residual brought to its size and added, rounded and kept within 0…`maximum`.
  ///
  /// - Parameters:
  ///   - residual: `rows` rows of `columns` differences in units of samples.
  ///   - visible: Whether samples may change, row by row; `nil` if all may.
  func adding(
    _ residual: [Float], columns: Int, rows: Int, maximum: Int, visible: [Bool]?
  ) -> Plane {
    let across = Resampling.interpolating(columns, to: width)
    let down = Resampling.interpolating(rows, to: height)
    let widened = widen(residual, columns: columns, rows: rows, across)
    let samples: Samples =
      switch self.samples {
      case .eight(let samples):
        .eight(add(widened, down, to: samples, width: width, Float(maximum), visible))
      case .sixteen(let samples):
        .sixteen(add(widened, down, to: samples, width: width, Float(maximum), visible))
      }
    return Plane(width: width, height: height, samples: samples)
  }
}

private func widen(
  _ residual: [Float], columns: Int, rows: Int, _ across: Resampling
) -> [Float] {
  var result = [Float](repeating: 0, count: rows * across.count)
  for y in 0..<rows {
    for x in 0..<across.count {
      var sum: Float = 0
      let (start, weight) = (y * columns + across.starts[x], x * across.taps)
      for tap in 0..<across.taps { sum += residual[start + tap] * across.weights[weight + tap] }
      result[y * across.count + x] = sum
    }
  }
  return result
}

private func add<S: Sample>(
  _ residual: [Float], _ down: Resampling, to samples: [S], width: Int, _ maximum: Float,
  _ visible: [Bool]?
) -> [S] {
  var result: [S] = []
  result.reserveCapacity(samples.count)
  var newRow = [S](repeating: .zero, count: width)
  var sums = [Float](repeating: 0, count: width)
  let source = samples.span
  let residual = residual.span
  for y in 0..<down.count {
    var row = sums.mutableSpan
    for x in row.indices { row[x] = 0 }
    for tap in 0..<down.taps {
      accumulate(
        residual, from: (down.starts[y] + tap) * width,
        times: down.weights[y * down.taps + tap], into: &row)
    }
    if let visible {
      for x in row.indices where !visible[y * width + x] { row[x] = 0 }
    }
    let old = source.extracting(y * width..<(y + 1) * width)
    var new = newRow.mutableSpan
    for x in new.indices {
      new[x] = S(rounding: max(0, min(maximum, old[x].number + row[x])))
    }
    result += newRow
  }
  return result
}
