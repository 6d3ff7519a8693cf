internal import Tensors

// Operators that move elements, tell shapes or make constants.

extension OperatorCall {
  func shaping() throws(ONNXError) -> GraphValue? {
    if name == "Constant" { return try literal() }
    guard let value = optional(0) else { return nil }
    let shape = value.shape
    switch name {
    case "Identity", "Dropout": return value
    case "Reshape": return value.with(value.tensor.reshaped(try target(from: shape)))
    case "Flatten":
      let axis = integer("axis", 1)
      let split = axis < 0 ? axis + shape.count : axis
      let rows = shape[..<split].reduce(1, *)
      return value.with(
        value.tensor.reshaped([rows, shape[split...].reduce(1, *)]))
    case "Squeeze":
      let axes = try axes(input: 1, rank: shape.count) ?? shape.indices.filter { shape[$0] == 1 }
      return value.with(
        value.tensor.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] }))
    case "Unsqueeze": return value.with(value.tensor.reshaped(try unsqueezed(shape)))
    case "Transpose":
      let order = integers("perm") ?? shape.indices.reversed()
      return value.with(value.tensor.permuted(order))
    case "Concat":
      let axis = try axis(integer("axis", 1), rank: shape.count)
      let parts = try inputs.indices.map { index throws(ONNXError) in try tensor(index) }
      return value.with(concatenated(parts, axis: axis))
    case "Expand":
      let target = try integers(1) ?? []
      let ones = Tensor(repeating: 1, shape: target)
      return value.with(value.tensor * ones)
    case "Tile":
      return value.with(
        (try integers(1) ?? []).enumerated().reduce(value.tensor) { x, axis in
          axis.element == 0
            ? x.sliced(0..<0, axis: axis.offset)
            : concatenated(Array(repeating: x, count: axis.element), axis: axis.offset)
        })
    case "Shape":
      let (start, end) = (integer("start", 0), integer("end", shape.count))
      let bounds = [start, end].map { min(max($0 < 0 ? $0 + shape.count : $0, 0), shape.count) }
      let sizes = bounds[0] < bounds[1] ? Array(shape[bounds[0]..<bounds[1]]) : []
      return .integers(Indices(sizes, shape: [sizes.count]))
    case "Size": return .integers(Indices([shape.reduce(1, *)], shape: []))
    case "ConstantOfShape":
      let filling = try constant("value") ?? .numbers(Tensor([0], shape: [1]))
      let target = try integers(0) ?? []
      return filling.with(
        Tensor(repeating: filling.tensor.reshaped([]).scalar, shape: target))
    case "DepthToSpace": return value.with(try depthToSpace(value.tensor))
    case "SpaceToDepth":
      let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
      let size = integer("blocksize", 1)
      return value.with(
        value.tensor.reshaped([n, c, h / size, size, w / size, size])
          .permuted([0, 3, 5, 1, 2, 4])
          .reshaped([n, c * size * size, h / size, w / size]))
    default: return nil
    }
  }

  /// The shape that input 1 asks for: 0 keeps a size, −1 is what is left.
  private func target(from shape: [Int]) throws(ONNXError) -> [Int] {
    guard let wanted = try integers("shape", orInput: 1) else {
      throw unsupported("no shape")
    }
    let keepsZeros = integer("allowzero", 0) == 0
    var target = wanted.enumerated().map { axis, size in
      size == 0 && keepsZeros && axis < shape.count ? shape[axis] : size
    }
    if let rest = target.firstIndex(of: -1) {
      target[rest] = 1
      let known = target.reduce(1, *)
      target[rest] = known == 0 ? 0 : shape.reduce(1, *) / known
    }
    guard target.reduce(1, *) == shape.reduce(1, *) else {
      throw unsupported("shape \(wanted) for \(shape)")
    }
    return target
  }

  private func unsqueezed(_ shape: [Int]) throws(ONNXError) -> [Int] {
    guard let given = try integers("axes", orInput: 1) else { throw unsupported("no axes") }
    let rank = shape.count + given.count
    let axes = try given.map { axis throws(ONNXError) in try self.axis(axis, rank: rank) }
    var result = shape
    for axis in axes.sorted() { result.insert(1, at: axis) }
    return result
  }

  private func depthToSpace(_ x: Tensor) throws(ONNXError) -> Tensor {
    let size = integer("blocksize", 1)
    if text("mode", "DCR") == "CRD" { return x.pixelShuffled(size) }
    let (n, c, h, w) = (x.shape[0], x.shape[1] / size / size, x.shape[2], x.shape[3])
    return x.reshaped([n, size, size, c, h, w]).permuted([0, 3, 4, 1, 5, 2])
      .reshaped([n, c, h * size, w * size])
  }
}
