internal import Tensors

// Operators that move elements or tell shapes.

extension OperatorCall {
  func shaping() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    let shape = value.shape
    switch name {
    case "Identity": return value
    case "Reshape": return value.reshaped(try target(from: shape))
    case "Flatten":
      let axis = integer("axis", 1)
      let split = axis < 0 ? axis + shape.count : axis
      guard (0...shape.count).contains(split) else { throw unsupported("axis \(axis)") }
      return value.reshaped([shape[..<split].reduce(1, *), shape[split...].reduce(1, *)])
    case "Squeeze":
      let axes = try axes(input: 1, rank: shape.count) ?? shape.indices.filter { shape[$0] == 1 }
      guard axes.allSatisfy({ shape[$0] == 1 }) else {
        throw unsupported("axes \(axes) of \(shape)")
      }
      return value.reshaped(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
    case "Unsqueeze": return value.reshaped(try unsqueezed(shape))
    case "Transpose":
      let order = integers("perm") ?? shape.indices.reversed()
      guard order.sorted() == Array(shape.indices) else { throw unsupported("axes \(order)") }
      return value.moved { $0.permuted(order) }
    case "Concat":
      let axis = try axis(integer("axis", 1), rank: shape.count)
      let parts = try inputs.indices.map { index throws(ONNXError) in try self.value(index) }
      return try Self.joined(parts, axis: axis)
    case "Expand":
      let target = try broadcastShape(shape, try integers(1) ?? [])
      return value.moved { $0 + Tensor(repeating: 0, shape: target) }
    case "Tile":
      let repeats = try integers(1) ?? []
      guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
        throw unsupported("\(repeats) of \(shape)")
      }
      return value.moved { x in
        repeats.enumerated().reduce(x) { x, axis in
          axis.element == 0
            ? x.sliced(0..<0, axis: axis.offset)
            : concatenated(Array(repeating: x, count: axis.element), axis: axis.offset)
        }
      }
    case "Shape":
      let (start, end) = (integer("start", 0), integer("end", shape.count))
      let bounds = [start, end].map { min(max($0 < 0 ? $0 + shape.count : $0, 0), shape.count) }
      let sizes = bounds[0] < bounds[1] ? Array(shape[bounds[0]..<bounds[1]]) : []
      return .integers(Indices(sizes, shape: [sizes.count]))
    case "Size": return .integers(Indices([shape.reduce(1, *)], shape: []))
    case "DepthToSpace": return try depthToSpace(value)
    case "SpaceToDepth":
      guard shape.count == 4 else { throw unsupported("\(shape.count) axes") }
      let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
      let size = integer("blocksize", 1)
      return value.moved { x in
        x.reshaped([n, c, h / size, size, w / size, size]).permuted([0, 3, 5, 1, 2, 4])
          .reshaped([n, c * size * size, h / size, w / size])
      }
    default: return nil
    }
  }

  /// The shape that input 1 asks for: 0 keeps a size, −1 is what is left.
  private func target(from shape: [Int]) throws(ONNXError) -> [Int] {
    guard let wanted = try integers("shape", orInput: 1) else {
      throw unsupported("no shape")
    }
    let keepsZeros = !flag("allowzero")
    var target = wanted.enumerated().map { axis, size in
      size == 0 && keepsZeros && axis < shape.count ? shape[axis] : size
    }
    if let rest = target.firstIndex(of: -1) {
      target[rest] = 1
      let known = target.reduce(1, *)
      target[rest] = known == 0 ? 0 : shape.reduce(1, *) / known
    }
    guard target.allSatisfy({ $0 >= 0 }), target.reduce(1, *) == shape.reduce(1, *) else {
      throw unsupported("shape \(wanted) for \(shape)")
    }
    return target
  }

  private func unsqueezed(_ shape: [Int]) throws(ONNXError) -> [Int] {
    guard let given = try integers("axes", orInput: 1) else { throw unsupported("no axes") }
    let rank = shape.count + given.count
    let axes = try given.map { axis throws(ONNXError) in try self.axis(axis, rank: rank) }
    var result = shape
    for axis in axes.sorted() {
      guard axis <= result.count else { throw unsupported("axes \(given) for \(shape)") }
      result.insert(1, at: axis)
    }
    return result
  }

  /// Values one after another along an axis.
  static func joined(_ parts: [GraphValue], axis: Int) throws(ONNXError) -> GraphValue {
    func others(_ shape: [Int]) -> [Int] {
      shape.indices.map { $0 == axis ? 0 : shape[$0] }
    }
    guard parts.allSatisfy({ others($0.shape) == others(parts[0].shape) }) else {
      throw .unsupported(operator: "Concat", reason: "the shapes \(parts.map(\.shape))")
    }
    var (values, places): ([Int], [Tensor]) = ([], [])
    for part in parts {
      guard case .integers(let integers) = part else {
        return parts[0].with(concatenated(parts.map(\.tensor), axis: axis))
      }
      let first = values.count
      values += integers.values
      places.append(Tensor((first..<values.count).map { Float($0) }, shape: integers.shape))
    }
    let order = concatenated(places, axis: axis)
    return .integers(Indices(order.array.map { values[Int($0)] }, shape: order.shape))
  }

  private func depthToSpace(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    let size = integer("blocksize", 1)
    let shape = value.shape
    guard shape.count == 4, shape[1] % (size * size) == 0 else { throw unsupported("\(shape)") }
    if text("mode", "DCR") == "CRD" { return value.moved { $0.pixelShuffled(size) } }
    let (n, c, h, w) = (shape[0], shape[1] / size / size, shape[2], shape[3])
    return value.moved { x in
      x.reshaped([n, size, size, c, h, w]).permuted([0, 3, 4, 1, 5, 2])
        .reshaped([n, c, h * size, w * size])
    }
  }
}

extension GraphValue {
  func reshaped(_ shape: [Int]) -> GraphValue {
    switch self {
    case .numbers(let tensor): .numbers(tensor.reshaped(shape))
    case .booleans(let tensor): .booleans(tensor.reshaped(shape))
    case .integers(let integers): .integers(Indices(integers.values, shape: shape))
    }
  }
}
