internal import Foundation

extension Raster {
  /// The least value within `radius` columns and rows of each place; beyond the edges nothing
  /// counts.
  public func eroded(radius: Int) -> Raster {
    guard radius > 0 else { return self }
    return alongRows { least(of: $0, radius) }.alongColumns { least(of: $0, radius) }
  }

  /// The largest value within `radius` columns and rows of each place.
  public func dilated(radius: Int) -> Raster {
    guard radius > 0 else { return self }
    return mapped { -$0 }.eroded(radius: radius).mapped { -$0 }
  }

  /// A mean weighted by a normal distribution, cut off at four deviations; the edges go on.
  ///
  /// - Parameter deviation: In samples; 0 changes nothing.
  public func blurred(deviation: Double) -> Raster {
    guard deviation > 0 else { return self }
    let reach = max(1, Int((4 * deviation).rounded()))
    let bell = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = bell.reduce(0, +)
    let kernel = bell.map { Float($0 / sum) }
    return alongRows { weighted($0, kernel) }.alongColumns { weighted($0, kernel) }
  }

  /// A mask that falls to 0 softly inside its own edge.
  ///
  /// - Parameters:
  ///   - erosion: Samples taken off all around, those at the raster's own edges included.
  ///   - blur: Deviation of the softening; an erosion of twice that keeps the mask's outside at 0.
  public func feathered(erosion: Int, blur: Double) -> Raster {
    var inner = eroded(radius: erosion)
    for y in 0..<height {
      for x in 0..<width
      where min(x, y) < erosion || min(width - 1 - x, height - 1 - y) < erosion {
        for channel in 0..<channels { inner[x, y, channel] = 0 }
      }
    }
    return inner.blurred(deviation: blur)
  }

  private func alongRows(_ change: ([Float]) -> [Float]) -> Raster {
    var result = self
    for start in stride(from: 0, to: values.count, by: width) {
      result.values.replaceSubrange(
        start..<start + width, with: change(Array(values[start..<start + width])))
    }
    return result
  }

  private func alongColumns(_ change: ([Float]) -> [Float]) -> Raster {
    var result = self
    var column = [Float](repeating: 0, count: height)
    for channel in 0..<channels {
      for x in 0..<width {
        let start = channel * area + x
        for y in 0..<height { column[y] = values[start + y * width] }
        for (y, value) in change(column).enumerated() { result.values[start + y * width] = value }
      }
    }
    return result
  }
}

/// The least of each value's neighbours within `radius`.
private func least(of line: [Float], _ radius: Int) -> [Float] {
  // Candidates in order of place and value: each goes in and out once, whatever the radius.
  var candidates: [Int] = []
  var first = 0
  var next = 0
  return line.indices.map { place in
    while next < line.count, next <= place + radius {
      while candidates.count > first, line[candidates[candidates.count - 1]] >= line[next] {
        candidates.removeLast()
      }
      candidates.append(next)
      next += 1
    }
    while candidates[first] < place - radius { first += 1 }
    return line[candidates[first]]
  }
}

private func weighted(_ line: [Float], _ kernel: [Float]) -> [Float] {
  let reach = kernel.count / 2
  let last = line.count - 1
  let long = (-reach...last + reach).map { line[max(0, min(last, $0))] }
  var result = [Float](repeating: 0, count: line.count)
  let source = long.span
  var target = result.mutableSpan
  for tap in kernel.indices { accumulate(source, from: tap, times: kernel[tap], into: &target) }
  return result
}
