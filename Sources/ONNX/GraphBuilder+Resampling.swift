internal import Kernels
internal import Tensors

// Windows, sizes and margins of planes.

extension GraphBuilder {
  /// Each plane between two matrices: as the operator that means the same, or as products.
  mutating func resampling(
    _ traced: TracedOperation, _ vertical: ResamplingMatrix, _ horizontal: ResamplingMatrix,
    _ meaning: Resampling?
  ) -> String {
    let x = name(of: traced.inputs[0])
    let rank = traced.output.shape.count - 2
    switch meaning {
    case .pad(let padding, let mode)?:
      if let node = padded(x, padding, mode, rank: rank) { return node }
    case .averagePool(let kernel, let stride, let padding, false, let countsPadding)?:
      let pads = sides(padding, rank: rank)
      return node(
        "AveragePool", [x],
        [
          .integers("kernel_shape", sides(kernel, rank: rank)),
          .integers("strides", sides(stride, rank: rank)), .integers("pads", pads + pads),
          .integer("count_include_pad", countsPadding ? 1 : 0),
        ])
    case .windowMeans(let rows, let columns)?:
      if let windows = evenWindows(rows, columns, rank: rank) {
        return node("AveragePool", [x], windows)
      }
    case .resize(let interpolation, let factors)?:
      if let node = resized(x, traced, interpolation, factors) { return node }
    case .averagePool?, nil: break
    }
    let wide = product(x, horizontal, isVertical: false)
    guard rank == 2 else { return wide }
    return product(wide, vertical, isVertical: true)
  }

  private mutating func product(
    _ x: String, _ matrix: ResamplingMatrix, isVertical: Bool
  ) -> String {
    let (values, rows, columns) = (matrix.values, matrix.rows, matrix.columns)
    let isIdentity =
      rows == columns
      && values.indices.allSatisfy { values[$0] == ($0 / columns == $0 % columns ? 1 : 0) }
    guard !isIdentity else { return x }
    guard isVertical else {
      let turned = (0..<columns).flatMap { column in
        (0..<rows).map { values[$0 * columns + column] }
      }
      return node("MatMul", [x, constant(turned, shape: [columns, rows])])
    }
    return node("MatMul", [constant(values, shape: [rows, columns]), x])
  }

  private mutating func padded(
    _ x: String, _ padding: Padding, _ mode: PaddingMode, rank: Int
  ) -> String? {
    let before = rank == 1 ? [padding.left] : [padding.top, padding.left]
    let after = rank == 1 ? [padding.right] : [padding.bottom, padding.right]
    guard (before + after).allSatisfy({ $0 >= 0 }) else { return nil }
    let name =
      switch mode {
      case .constant: "constant"  // another value than 0 is added afterwards
      case .reflect: "reflect"
      case .replicate: "edge"
      }
    return node(
      "Pad", [x, constant([0, 0] + before + [0, 0] + after)], [.text("mode", name)])
  }

  private mutating func resized(
    _ x: String, _ traced: TracedOperation, _ interpolation: Interpolation,
    _ factors: (height: Double, width: Double)?
  ) -> String? {
    let (from, to) = (traced.inputs[0].shape, traced.output.shape)
    var attributes: [Onnx_AttributeProto]
    switch interpolation {
    case .nearest:
      // Places between pixels are rounded as they come: told by index where that could differ.
      guard factors == nil, zip(from, to).allSatisfy({ $1 % $0 == 0 }) else { return nil }
      attributes = [
        .text("mode", "nearest"), .text("coordinate_transformation_mode", "asymmetric"),
        .text("nearest_mode", "floor"),
      ]
    case .bilinear(let alignCorners), .bicubic(let alignCorners):
      var isCubic = false
      if case .bicubic = interpolation { isCubic = true }
      attributes = [
        .text("mode", isCubic ? "cubic" : "linear"),
        .text("coordinate_transformation_mode", alignCorners ? "align_corners" : "half_pixel"),
      ]
      if isCubic { attributes.append(.float("cubic_coeff_a", -0.75)) }
      if factors != nil, alignCorners { return nil }
    }
    // Signals are pictures of one row, for programs that resize nothing else.
    func picture(_ shape: [Int]) -> [Int] {
      shape.count == 4 ? shape : [shape[0], shape[1], 1, shape[2]]
    }
    let source = from.count == 4 ? x : node("Reshape", [x, constant(picture(from))])
    let made: String
    if let factors {
      let height = from.count == 4 ? Float(factors.height) : 1
      let scales = constant([1, 1, height, Float(factors.width)], shape: [4])
      made = node("Resize", [source, "", scales], attributes)
    } else {
      made = node("Resize", [source, "", "", constant(picture(to))], attributes)
    }
    return from.count == 4 ? made : node("Reshape", [made, constant(to)])
  }

  // MARK: Windows

  /// The maxima of windows of any sizes.
  mutating func windowMaxima(
    _ x: String, rows: [Range<Int>], columns: [Range<Int>], rank: Int
  ) -> String {
    if let windows = evenWindows(rows, columns, rank: rank) { return node("MaxPool", [x], windows) }
    let wide = maxima(x, of: columns, axis: rank + 1)
    return rank == 1 ? wide : maxima(wide, of: rows, axis: 2)
  }

  private mutating func maxima(_ x: String, of windows: [Range<Int>], axis: Int) -> String {
    let parts = windows.map { window in
      let bounds = [[window.lowerBound], [window.upperBound], [axis]].map { constant($0) }
      return node("ReduceMax", [node("Slice", [x] + bounds), constant([axis])])
    }
    return node("Concat", parts, [.integer("axis", axis)])
  }

  /// How windows of one size at one distance are told, if they are such.
  private func evenWindows(
    _ rows: [Range<Int>], _ columns: [Range<Int>], rank: Int
  ) -> [Onnx_AttributeProto]? {
    let axes = rank == 1 ? [columns] : [rows, columns]
    let strides = axes.map { $0.count > 1 ? $0[1].lowerBound - $0[0].lowerBound : 1 }
    for (windows, stride) in zip(axes, strides) {
      let isEven = windows.enumerated().allSatisfy {
        $0.element.count == windows[0].count && $0.element.lowerBound == $0.offset * stride
      }
      guard isEven else { return nil }
    }
    return [
      .integers("kernel_shape", axes.map { $0[0].count }), .integers("strides", strides),
    ]
  }

  // MARK: Stretches

  /// Overlapping stretches of signals, each a column.
  mutating func framed(_ x: String, hop: Int, to shape: [Int]) -> String {
    let (size, frames) = (shape[1], shape[2])
    let places = (0..<size).flatMap { sample in (0..<frames).map { $0 * hop + sample } }
    return node(
      "Gather", [x, constant(places, shape: [size, frames])], [.integer("axis", 1)])
  }

  /// Columns laid over one another and added up.
  mutating func overlapAdded(_ x: String, hop: Int, from: [Int], to: [Int]) -> String {
    let whole = (from[2] - 1) * hop + from[1]
    let made = node(
      "Col2Im", [x, constant([1, whole]), constant([1, from[1]])],
      [.integers("strides", [1, hop])])
    let flat = node("Reshape", [made, constant([to[0], whole])])
    return to[1] == whole ? flat : node("Pad", [flat, constant([0, 0, 0, to[1] - whole])])
  }
}
