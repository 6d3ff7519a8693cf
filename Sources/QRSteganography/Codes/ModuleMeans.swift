/// The mean of a picture over every module of a code stretched over it.
///
/// Every pixel counts for a module by the area they share, so the means over a picture drawn by
/// ``QRCode/drawn(width:height:)`` are exact where modules fall on whole pixels.
///
/// - Parameters:
///   - picture: `height` rows of `width` values, for instance a decoder's logits.
///   - size: Modules along one side of the code.
/// - Returns: `size` rows of `size` means.
/// - Complexity: O(width · height).
public func moduleMeans(of picture: [Float], width: Int, height: Int, size: Int) -> [Float] {
  precondition(picture.count == width * height, "\(picture.count) values, not \(width)×\(height)")
  precondition(width >= size && height >= size, "\(width)×\(height) pixels for \(size) modules")
  let columns = moduleSpans(pixels: width, modules: size)
  let rows = moduleSpans(pixels: height, modules: size)
  var narrowed = [Float](repeating: 0, count: height * size)
  for y in 0..<height {
    for (module, span) in columns.enumerated() {
      var sum: Float = 0
      for (offset, weight) in span.weights.enumerated() {
        sum += picture[y * width + span.start + offset] * weight
      }
      narrowed[y * size + module] = sum
    }
  }
  var means = [Float](repeating: 0, count: size * size)
  for (module, span) in rows.enumerated() {
    for (offset, weight) in span.weights.enumerated() {
      let source = (span.start + offset) * size
      for column in 0..<size { means[module * size + column] += narrowed[source + column] * weight }
    }
  }
  return means
}

/// The pixels that a module covers along one axis, with weights that sum to 1.
private func moduleSpans(pixels: Int, modules: Int) -> [(start: Int, weights: [Float])] {
  let step = Double(pixels) / Double(modules)
  return (0..<modules).map { module in
    // Edges are exact fractions of the side, so neighbouring modules share no rounding.
    let start = Double(module) * step
    let end = module == modules - 1 ? Double(pixels) : Double(module + 1) * step
    let first = Int(start)
    let last = min(pixels, Int(end.rounded(.up)))
    let weights = (first..<last).map { pixel in
      Float((min(end, Double(pixel + 1)) - max(start, Double(pixel))) / (end - start))
    }
    return (first, weights)
  }
}
