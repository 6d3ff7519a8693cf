internal import Tensors

// Operators that set or add elements at given places.

extension OperatorCall {
  func scattering() throws(ONNXError) -> GraphValue? {
    switch name {
    case "Scatter", "ScatterElements": return try scatteredElements()
    case "ScatterND": return try scatteredByTuples()
    case "TensorScatter": return try cached()
    case "OneHot": return try oneHot()
    case "MaxUnpool": return try unpooled()
    case "Col2Im": return try folded()
    default: return nil
    }
  }

  /// How what is there and what comes are joined.
  private func joiningRule() throws(ONNXError) -> (Float, Float) -> Float {
    switch text("reduction", "none") {
    case "none": { $1 }
    case "add": { $0 + $1 }
    case "mul": { $0 * $1 }
    case "max": { max($0, $1) }
    case "min": { min($0, $1) }
    default: throw unsupported("this way of joining")
    }
  }

  private func scatteredElements() throws(ONNXError) -> GraphValue {
    let (value, updates) = (try value(0), try tensor(2))
    let shape = value.shape
    let axis = try axis(integer("axis", 0), rank: shape.count)
    let places = try places(1, size: shape[axis])
    guard places.shape.count == shape.count, places.shape == updates.shape else {
      throw unsupported("indices of \(places.shape) for \(updates.shape)")
    }
    let all = Tensor(
      (0..<shape.reduce(1, *)).map { Float($0) }, shape: shape
    ).gathered(places, axis: axis)
    let join = try joiningRule()
    var elements = value.tensor.array
    for (place, update) in zip(all.array, updates.array) {
      elements[Int(place)] = join(elements[Int(place)], update)
    }
    return value.with(Tensor(elements, shape: shape))
  }

  private func scatteredByTuples() throws(ONNXError) -> GraphValue {
    let (value, updates) = (try value(0), try tensor(2))
    let shape = value.shape
    guard case .integers(let tuples) = try self.value(1), let length = tuples.shape.last,
      length <= shape.count
    else { throw unsupported("indices that do not fit \(shape)") }
    let run = shape[length...].reduce(1, *)
    let count = tuples.values.count / max(1, length)
    guard updates.count == count * run else { throw unsupported("\(updates.shape)") }
    let join = try joiningRule()
    var elements = value.tensor.array
    let new = updates.array
    for tuple in 0..<count {
      var row = 0
      for (axis, size) in shape[..<length].enumerated() {
        let index = tuples.values[tuple * length + axis]
        guard -size..<size ~= index else { throw unsupported("index \(index) of \(size)") }
        row = row * size + (index < 0 ? index + size : index)
      }
      for element in 0..<run {
        elements[row * run + element] = join(
          elements[row * run + element], new[tuple * run + element])
      }
    }
    return value.with(Tensor(elements, shape: shape))
  }

  /// New keys or values written into a cache along one axis, which may be a ring.
  private func cached() throws(ONNXError) -> GraphValue {
    let (cache, update) = (try value(0), try tensor(1))
    let shape = cache.shape
    let axis = try axis(integer("axis", -2), rank: shape.count)
    let starts = try integers(2) ?? Array(repeating: 0, count: shape[0])
    guard axis > 0, starts.count == shape[0], update.shape.count == shape.count else {
      throw unsupported("starts \(starts) for \(shape)")
    }
    let isRing = text("mode", "linear") == "circular"
    let (size, length) = (shape[axis], update.shape[axis])
    let inner = shape[(axis + 1)...].reduce(1, *)
    let middle = shape[1..<axis].reduce(1, *)
    var elements = cache.tensor.array
    let new = update.array
    for item in 0..<shape[0] {
      for outer in 0..<middle {
        for step in 0..<length {
          let place = isRing ? (starts[item] + step) % size : starts[item] + step
          guard 0..<size ~= place else { throw unsupported("a place beyond \(size)") }
          let to = ((item * middle + outer) * size + place) * inner
          let from = ((item * middle + outer) * length + step) * inner
          for element in 0..<inner { elements[to + element] = new[from + element] }
        }
      }
    }
    return cache.with(Tensor(elements, shape: shape))
  }

  private func oneHot() throws(ONNXError) -> GraphValue {
    let (indices, values) = (try value(0), try value(2))
    guard let depth = try tensor(1).array.first.map({ Int($0) }), depth > 0,
      values.tensor.count == 2
    else { throw unsupported("no depth") }
    let (off, on) = (values.tensor.array[0], values.tensor.array[1])
    let axis = try axis(integer("axis", -1), rank: indices.shape.count + 1)
    var (shape, ones) = (indices.shape, Array(repeating: 1, count: indices.shape.count + 1))
    shape.insert(1, at: axis)
    ones[axis] = depth
    let wanted = indices.tensor.array.map { $0 < 0 ? $0 + Float(depth) : $0 }
    let classes = Tensor((0..<depth).map { Float($0) }, shape: ones)
    let mask = Tensor(wanted, shape: shape) .== classes
    return values.with(selected(mask, .single(on), .single(off)))
  }

  private func unpooled() throws(ONNXError) -> GraphValue {
    let x = try tensor(0)
    guard let places = try integers(1), x.shape.count >= 3, places.count == x.count,
      let kernel = integers("kernel_shape"), kernel.count == x.shape.count - 2
    else { throw unsupported("places that do not fit") }
    let (strides, pads) = (
      integers("strides") ?? kernel.map { _ in 1 },
      integers("pads") ?? Array(repeating: 0, count: 2 * kernel.count)
    )
    var natural = Array(x.shape[..<2])
    for axis in kernel.indices {
      let reach = (x.shape[axis + 2] - 1) * strides[axis] + kernel[axis]
      natural.append(reach - pads[axis] - pads[axis + kernel.count])
    }
    let shape = try integers(2) ?? natural
    // Places count in the natural shape; a wanted one is larger at its ends.
    var elements = [Float](repeating: 0, count: shape.reduce(1, *))
    for (place, value) in zip(places, x.array) {
      var (rest, target, step) = (place, 0, 1)
      for axis in natural.indices.reversed() {
        target += rest % natural[axis] * step
        rest /= natural[axis]
        step *= shape[axis]
      }
      guard elements.indices.contains(target) else { throw unsupported("place \(place)") }
      elements[target] = value
    }
    return .numbers(Tensor(elements, shape: shape))
  }

  /// Columns of blocks laid over one another and added up.
  private func folded() throws(ONNXError) -> GraphValue {
    let x = try tensor(0, rank: 3...3)
    guard let image = try integers(1), let block = try integers(2), image.count == block.count
    else { throw unsupported("no sizes") }
    let rank = image.count
    let (strides, dilations, pads) = (
      integers("strides") ?? Array(repeating: 1, count: rank),
      integers("dilations") ?? Array(repeating: 1, count: rank),
      integers("pads") ?? Array(repeating: 0, count: 2 * rank)
    )
    let counts = (0..<rank).map { axis in
      let room = image[axis] + pads[axis] + pads[axis + rank]
      return (room - dilations[axis] * (block[axis] - 1) - 1) / strides[axis] + 1
    }
    let (cells, blocks) = (block.reduce(1, *), counts.reduce(1, *))
    guard x.shape[1] % cells == 0, x.shape[2] == blocks else { throw unsupported("\(x.shape)") }
    let planes = x.shape[0] * x.shape[1] / cells
    let pixels = image.reduce(1, *)
    var result = [Float](repeating: 0, count: planes * pixels)
    let columns = x.array
    for cell in 0..<cells {
      for place in 0..<blocks {
        var (cellRest, placeRest, pixel, step, isInside) = (cell, place, 0, 1, true)
        for axis in (0..<rank).reversed() {
          let at =
            placeRest % counts[axis] * strides[axis] + cellRest % block[axis] * dilations[axis]
            - pads[axis]
          isInside = isInside && 0..<image[axis] ~= at
          pixel += at * step
          step *= image[axis]
          cellRest /= block[axis]
          placeRest /= counts[axis]
        }
        guard isInside else { continue }
        for plane in 0..<planes {
          result[plane * pixels + pixel] += columns[(plane * cells + cell) * blocks + place]
        }
      }
    }
    return .numbers(Tensor(result, shape: [x.shape[0], x.shape[1] / cells] + image))
  }
}
