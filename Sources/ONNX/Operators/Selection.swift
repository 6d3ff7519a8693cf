internal import Tensors

// Operators that take some elements, in some order.

extension OperatorCall {
  func selection() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    let rank = value.shape.count
    switch name {
    case "Slice": return value.with(try sliced(value.tensor))
    case "Gather":
      let axis = try axis(integer("axis", 0), rank: rank)
      let places = try places(1, size: value.shape[axis])
      let found = value.tensor.items(places.values, axis: axis)
      return value.with(
        found.reshaped(value.shape[..<axis] + places.shape + value.shape[(axis + 1)...]))
    case "GatherElements":
      let axis = try axis(integer("axis", 0), rank: rank)
      return value.with(
        value.tensor.gathered(try places(1, size: value.shape[axis]), axis: axis))
    case "Pad": return value.with(try padded(value.tensor))
    case "Cast": return try cast(value)
    case "Range":
      let (start, limit, step) = (
        value.tensor.scalar, try tensor(1).scalar, try tensor(2).scalar
      )
      let values = Array(stride(from: start, to: limit, by: step))
      return value.with(Tensor(values, shape: [values.count]))
    default: return nil
    }
  }

  /// The pieces of a tensor along an axis.
  func split() throws(ONNXError) -> [GraphValue] {
    let value = try value(0)
    let axis = try axis(integer("axis", 0), rank: value.shape.count)
    let size = value.shape[axis]
    let count = integer("num_outputs", outputCount)
    let share = (size + count - 1) / max(count, 1)
    let even = (0..<count).map { min(share, max(0, size - $0 * share)) }
    let sizes = try integers("split", orInput: 1) ?? even
    guard sizes.reduce(0, +) == size else { throw unsupported("\(size) elements as \(sizes)") }
    return value.tensor.split(sizes, axis: axis).map { value.with($0) }
  }

  /// Indices that count from the front or, below 0, from the back.
  private func places(_ input: Int, size: Int) throws(ONNXError) -> Indices {
    guard case .integers(let places) = try value(input) else {
      throw unsupported("indices that are no whole numbers")
    }
    let values = places.values.map { $0 < 0 ? $0 + size : $0 }
    guard values.allSatisfy({ 0..<size ~= $0 }) else { throw unsupported("indices beyond \(size)") }
    return Indices(values, shape: places.shape)
  }

  private func sliced(_ x: Tensor) throws(ONNXError) -> Tensor {
    guard let starts = try integers("starts", orInput: 1),
      let ends = try integers("ends", orInput: 2)
    else { throw unsupported("no bounds") }
    let axes = try integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try integers(4) ?? Array(repeating: 1, count: starts.count)
    var x = x
    for index in starts.indices {
      let axis = try axis(axes[index], rank: x.shape.count)
      let (size, step) = (x.shape[axis], steps[index])
      // Where a step goes backwards, the end may be before the first.
      let (low, high) = step < 0 ? (-1, size - 1) : (0, size)
      func bound(_ value: Int) -> Int {
        min(max(value < 0 ? max(value, -size - 1) + size : value, low), high)
      }
      let chosen = Array(stride(from: bound(starts[index]), to: bound(ends[index]), by: step))
      x = x.items(chosen.filter { 0..<size ~= $0 }, axis: axis)
    }
    return x
  }

  private func padded(_ x: Tensor) throws(ONNXError) -> Tensor {
    guard let pads = try integers("pads", orInput: 1) else { throw unsupported("no pads") }
    let filling = optional(2)?.tensor.reshaped([]).scalar ?? float("value", 0)
    let given = try integers(3) ?? Array(x.shape.indices)
    var x = x
    for (index, axis) in given.enumerated() {
      let axis = try self.axis(axis, rank: x.shape.count)
      let (before, after, size) = (pads[index], pads[index + given.count], x.shape[axis])
      let places = (-before..<size + after)
      switch text("mode", "constant") {
      case "constant":
        let inside = x.items(places.filter { 0..<size ~= $0 }, axis: axis)
        let margins = [max(0, before), max(0, after)].map { width in
          var shape = inside.shape
          shape[axis] = width
          return Tensor(repeating: filling, shape: shape)
        }
        x = concatenated([margins[0], inside, margins[1]], axis: axis)
      case "edge": x = x.items(places.map { min(max($0, 0), size - 1) }, axis: axis)
      case "wrap": x = x.items(places.map { (($0 % size) + size) % size }, axis: axis)
      case "reflect":
        let period = max(1, 2 * (size - 1))
        let wrapped = places.map { (($0 % period) + period) % period }
        x = x.items(wrapped.map { $0 < size ? $0 : period - $0 }, axis: axis)
      default: throw unsupported("this kind of padding")
      }
    }
    return x
  }

  private func cast(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    switch Onnx_TensorProto.DataType(rawValue: integer("to", 0)) {
    case .float, .double: return .numbers(value.tensor)
    case .int64, .int32:
      return GraphValue.integers(Indices([], shape: [0])).with(value.tensor)
    case .bool: return .booleans(1 - (value.tensor .== 0))
    default: throw unsupported("a conversion to numbers of fewer bits")
    }
  }
}
