extension [Point] {
  /// The corners of the smallest convex polygon around the points, clockwise as seen.
  ///
  /// Source: Andrew 1979, "Another efficient algorithm for convex hulls in two dimensions".
  public var convexHull: [Point] {
    let sorted = Set(self).sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    guard sorted.count > 2 else { return sorted }
    func chain(_ points: some Sequence<Point>) -> [Point] {
      var chain: [Point] = []
      for point in points {
        while chain.count > 1 {
          let (a, b) = (
            chain[chain.count - 1] - chain[chain.count - 2], point - chain[chain.count - 1]
          )
          guard a.x * b.y - a.y * b.x <= 0 else { break }
          chain.removeLast()
        }
        chain.append(point)
      }
      return chain.dropLast()
    }
    return chain(sorted) + chain(sorted.reversed())
  }
}

extension Raster {
  /// A mask of a polygon: 1 inside, 0 outside, the covered part of a sample at the edges.
  ///
  /// Where the polygon crosses itself, what is surrounded twice is outside. Coverage is exact along
  /// rows and sampled at eight heights per row.
  public init(polygon corners: [Point], width: Int, height: Int) {
    self.init(width: width, height: height)
    guard corners.count > 2 else { return }
    let lines = 8
    for y in 0..<height {
      for line in 0..<lines {
        let level = Double(y) - 0.5 + (Double(line) + 0.5) / Double(lines)
        var crossings: [Double] = []
        for (index, start) in corners.enumerated() {
          let end = corners[(index + 1) % corners.count]
          guard (start.y <= level) != (end.y <= level) else { continue }
          crossings.append(
            start.x + (level - start.y) / (end.y - start.y) * (end.x - start.x))
        }
        crossings.sort()
        for pair in stride(from: 0, to: crossings.count - 1, by: 2) {
          cover(y, from: crossings[pair], to: crossings[pair + 1], weight: 1 / Float(lines))
        }
      }
    }
  }

  /// Adds the part of each sample of a row that lies between two places.
  private mutating func cover(_ y: Int, from start: Double, to end: Double, weight: Float) {
    let (low, high) = (max(start, -0.5), min(end, Double(width) - 0.5))
    guard low < high else { return }
    let (first, last) = (Int((low + 0.5).rounded(.down)), Int((high + 0.5).rounded(.up)) - 1)
    for x in first...min(last, width - 1) {
      let part = min(high, Double(x) + 0.5) - max(low, Double(x) - 0.5)
      self[x, y] += weight * Float(part)
    }
  }
}
