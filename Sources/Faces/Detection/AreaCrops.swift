internal import Imaging
internal import Tensors

/// A picture as the networks want it, whole or in windows, reduced by the means of areas.
struct AreaCrops {
  let width, height: Int
  private let picture: Raster
  private let tensor: Tensor

  init(_ picture: Raster) {
    precondition(picture.channels == 3, "faces in \(picture.channels) channels")
    width = picture.width
    height = picture.height
    self.picture = picture
    tensor = Tensor(picture.values, shape: [1, 3, picture.height, picture.width])
  }

  /// The whole picture at a scale.
  func whole(scale: Double) -> Tensor {
    let size = Extent(
      height: Int(Double(height) * scale + 1), width: Int(Double(width) * scale + 1))
    return normalized(adaptiveAveragePooled(tensor, to: size))
  }

  /// Whether any of a window is inside.
  func holds(_ window: FaceCandidate) -> Bool {
    let edges = edges(window)
    return !edges.columns.isEmpty && !edges.rows.isEmpty
  }

  /// Windows, cut off at the picture's edges and stretched to squares; `room` may be more than there
  /// are.
  func batch(_ windows: [FaceCandidate], room: Int, side: Int) -> Tensor {
    var values = [Float](repeating: 0, count: room * 3 * side * side)
    for (index, window) in windows.enumerated() {
      let (columns, rows) = edges(window)
      reduce(columns, rows, side, into: &values, at: index * 3 * side * side)
    }
    return normalized(Tensor(values, shape: [room, 3, side, side]))
  }

  private func normalized(_ x: Tensor) -> Tensor { x.affine(scale: 255 / 128, shift: -127.5 / 128) }

  /// The samples of a window; its edges count from 1.
  private func edges(_ window: FaceCandidate) -> (columns: Range<Int>, rows: Range<Int>) {
    func range(_ low: Float, _ high: Float, _ size: Int) -> Range<Int> {
      guard low.isFinite, high.isFinite, abs(low) < 1e7, abs(high) < 1e7 else { return 0..<0 }
      let first = max(1, Int(low)) - 1
      let end = min(size, Int(high))
      return first < end ? first..<end : 0..<0
    }
    return (range(window.left, window.right, width), range(window.top, window.bottom, height))
  }

  /// Means over `side` × `side` windows of nearly equal size, which may share rows and columns.
  private func reduce(
    _ columns: Range<Int>, _ rows: Range<Int>, _ side: Int, into result: inout [Float],
    at start: Int
  ) {
    func share(_ index: Int, of count: Int) -> Range<Int> {
      index * count / side..<((index + 1) * count + side - 1) / side
    }
    let source = picture.values.span
    let across = (0..<side).map { share($0, of: columns.count) }
    var sums = [Float](repeating: 0, count: columns.count)
    for channel in 0..<3 {
      for y in 0..<side {
        let lines = share(y, of: rows.count)
        var line = sums.mutableSpan
        for x in line.indices { line[x] = 0 }
        for row in lines {
          let begin = (channel * height + rows.lowerBound + row) * width + columns.lowerBound
          for x in line.indices { line[x] += source[begin + x] }
        }
        for x in 0..<side {
          var sum: Float = 0
          for column in across[x] { sum += line[column] }
          result[start + (channel * side + y) * side + x] =
            sum / Float(lines.count * across[x].count)
        }
      }
    }
  }
}
