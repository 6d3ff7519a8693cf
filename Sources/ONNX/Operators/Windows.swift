internal import Tensors

// Convolutions and pooling.

extension OperatorCall {
  func window() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "Conv": return [.numbers(try convolution(try tensor(0), try tensor(1)))]
    case "ConvInteger":
      let (x, weight) = (try tensor(0), try tensor(1))
      let shifted = optional(2).map { x - $0.tensor } ?? x
      let centred = optional(3).map { weight - $0.tensor } ?? weight
      return [.integers(try convolution(shifted, centred, hasBias: false).integers)]
    case "ConvTranspose": return [.numbers(try transposedConvolution())]
    case "MaxPool": return try maxima()
    case "AveragePool": return [.numbers(try means())]
    case "LpPool": return [.numbers(try lengths())]
    case "GlobalAveragePool":
      let x = try tensor(0, rank: 3...8)
      return [.numbers(x.mean(axes: Array(2..<x.shape.count)))]
    case "GlobalMaxPool":
      let x = try tensor(0, rank: 3...8)
      return [.numbers((2..<x.shape.count).reduce(x) { $0.max(axis: $1) })]
    default: return nil
    }
  }

  // MARK: Convolutions

  private func convolution(
    _ x: Tensor, _ weight: Tensor, hasBias: Bool = true
  ) throws(ONNXError) -> Tensor {
    let geometry = try WindowGeometry(
      self, sizes: Array(x.shape.dropFirst(2)), kernel: Array(weight.shape.dropFirst(2)),
      ceilMode: false)
    let groups = integer("group", 1)
    guard x.shape[1] == weight.shape[1] * groups, weight.shape[0] % groups == 0 else {
      throw unsupported("a kernel of \(weight.shape) over \(x.shape)")
    }
    let settings = ConvolutionSettings(
      stride: try extent(geometry.strides), padding: try padding(geometry.before, geometry.after),
      dilation: try extent(geometry.dilations), groups: groups)
    return convolved(x, weight: weight, bias: hasBias ? optional(2)?.tensor : nil, settings)
  }

  private func transposedConvolution() throws(ONNXError) -> Tensor {
    let (x, weight) = (try tensor(0), try tensor(1))
    let rank = weight.shape.count - 2
    guard rank >= 1, x.shape.count == rank + 2, x.shape[1] == weight.shape[0] else {
      throw unsupported("a kernel of \(weight.shape) over \(x.shape)")
    }
    let ones = Array(repeating: 1, count: rank)
    let strides = integers("strides") ?? ones
    let dilations = integers("dilations") ?? ones
    var pads = integers("pads") ?? Array(repeating: 0, count: 2 * rank)
    var more = integers("output_padding") ?? Array(repeating: 0, count: rank)
    let mode = text("auto_pad", "NOTSET")
    for axis in 0..<rank {
      let size = x.shape[axis + 2]
      var wanted = integers("output_shape").map { $0[$0.count - rank + axis] }
      if wanted == nil, mode.hasPrefix("SAME") { wanted = size * strides[axis] }
      guard let wanted else { continue }
      let total =
        (size - 1) * strides[axis] + more[axis] + (weight.shape[axis + 2] - 1) * dilations[axis] + 1
        - wanted
      let larger = max(0, total) - max(0, total) / 2
      pads[axis] = mode == "SAME_UPPER" ? max(0, total) - larger : larger
      pads[axis + rank] = max(0, total) - pads[axis]
      more[axis] += max(0, -total)
    }
    let settings = ConvolutionSettings(
      stride: try extent(strides),
      padding: try padding(Array(pads[..<rank]), Array(pads[rank...])),
      dilation: try extent(dilations), groups: integer("group", 1))
    return transposeConvolved(
      x, weight: weight, bias: optional(2)?.tensor, settings, outputPadding: try extent(more))
  }

  // MARK: Pooling

  private func pooling(_ x: Tensor) throws(ONNXError) -> WindowGeometry {
    guard x.shape.count >= 3 else { throw unsupported("\(x.shape.count) axes") }
    return try WindowGeometry(
      self, sizes: Array(x.shape[2...]), kernel: integers("kernel_shape") ?? [],
      ceilMode: flag("ceil_mode"))
  }

  /// Whether the engine's pooling has such windows.
  private func isPlain(_ geometry: WindowGeometry) -> Bool {
    geometry.rank <= 2 && geometry.before == geometry.after
      && geometry.dilations.allSatisfy { $0 == 1 }
      && zip(geometry.before, geometry.kernel).allSatisfy { 2 * $0 <= $1 }
  }

  private func maxima() throws(ONNXError) -> [GraphValue] {
    let x = try value(0)
    let geometry = try pooling(x.tensor)
    if outputCount == 1, isPlain(geometry) {
      let pooled = maxPooled(
        x.tensor, kernel: try extent(geometry.kernel), stride: try extent(geometry.strides),
        padding: try extent(geometry.before), ceilMode: flag("ceil_mode"))
      return [x.with(pooled)]
    }
    let windows = try geometry.windows(of: x.tensor, filling: -.infinity)
    let last = windows.shape.count - 1
    let found = windows.argmax(axis: last)
    let shape = Array(windows.shape.dropLast())
    let values = windows.gathered(found, axis: last).reshaped(shape)
    guard outputCount > 1 else { return [x.with(values)] }
    var places = Tensor(x.tensor.array.indices.map { Float($0) }, shape: x.shape)
    if flag("storage_order") {  // columns first within a plane
      let turned = x.shape[..<2] + geometry.sizes.reversed()
      let order = [0, 1] + (2..<x.shape.count).reversed()
      places = Tensor((0..<places.count).map { Float($0) }, shape: Array(turned)).permuted(order)
    }
    let indices = try geometry.windows(of: places, filling: 0).gathered(found, axis: last)
    return [x.with(values), .integers(indices.reshaped(shape).integers)]
  }

  private func means() throws(ONNXError) -> Tensor {
    let x = try tensor(0)
    let geometry = try pooling(x)
    let countsPadding = flag("count_include_pad")
    if isPlain(geometry) {
      return averagePooled(
        x, kernel: try extent(geometry.kernel), stride: try extent(geometry.strides),
        padding: try extent(geometry.before), ceilMode: flag("ceil_mode"),
        countsPadding: countsPadding)
    }
    let windows = try geometry.windows(of: x, filling: 0)
    let shares = try geometry.windows(
      of: Tensor(repeating: 1, shape: [1, 1] + geometry.sizes), filling: countsPadding ? 1 : 0,
      beyond: 0)
    let last = windows.shape.count - 1
    return windows.sum(axes: [last], keepDims: false) / shares.sum(axes: [last], keepDims: false)
  }

  private func lengths() throws(ONNXError) -> Tensor {
    let x = try tensor(0)
    let exponent = Float(integer("p", 2))
    let windows = try pooling(x).windows(of: abs(x), filling: 0)
    let sums = power(windows, exponent).sum(axes: [windows.shape.count - 1], keepDims: false)
    return power(sums, 1 / exponent)
  }

  // MARK: Lengths along axes

  private func extent(_ lengths: [Int]) throws(ONNXError) -> Extent {
    switch lengths.count {
    case 1: return Extent(height: 1, width: lengths[0])
    case 2: return Extent(height: lengths[0], width: lengths[1])
    default: throw unsupported("\(lengths.count) axes beside batch and channels")
    }
  }

  private func padding(_ before: [Int], _ after: [Int]) throws(ONNXError) -> Padding {
    switch before.count {
    case 1: return Padding(left: before[0], right: after[0])
    case 2: return Padding(top: before[0], left: before[1], bottom: after[0], right: after[1])
    default: throw unsupported("\(before.count) axes beside batch and channels")
    }
  }
}
