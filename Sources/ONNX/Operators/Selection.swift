internal import Tensors

// Operators that take some elements, in some order.

extension OperatorCall {
  func selection() throws(ONNXError) -> GraphValue? {
    guard let value = optional(0) else { return nil }
    let (shape, rank) = (value.shape, value.shape.count)
    switch name {
    case "Slice": return try value.moved { x throws(ONNXError) in try sliced(x) }
    case "Gather":
      let axis = try axis(integer("axis", 0), rank: rank)
      let places = try places(1, size: shape[axis])
      return value.moved {
        $0.items(places.values, axis: axis)
          .reshaped(shape[..<axis] + places.shape + shape[(axis + 1)...])
      }
    case "GatherElements":
      let axis = try axis(integer("axis", 0), rank: rank)
      let places = try places(1, size: shape[axis])
      guard places.shape.count == rank else { throw unsupported("indices of \(places.shape)") }
      return value.moved { $0.gathered(places, axis: axis) }
    case "GatherND": return try gatheredByTuples(value)
    case "Pad": return try padded(value)
    case "CenterCropPad": return try centred(value)
    case "Trilu": return try triangle(value)
    case "Compress":
      let flags = try tensor(1).array
      let places = flags.indices.filter { flags[$0] != 0 }
      guard has("axis") else {
        return value.reshaped([shape.reduce(1, *)]).moved { $0.items(places, axis: 0) }
      }
      let axis = try axis(integer("axis", 0), rank: rank)
      guard places.allSatisfy({ $0 < shape[axis] }) else { throw unsupported("too many flags") }
      return value.moved { $0.items(places, axis: axis) }
    case "ReverseSequence":
      let (batch, time) = (integer("batch_axis", 1), integer("time_axis", 0))
      guard let lengths = try integers(1), rank >= 2, batch + time == 1,
        lengths.count == shape[batch], lengths.allSatisfy({ 0...shape[time] ~= $0 })
      else { throw unsupported("lengths that do not fit \(shape)") }
      return value.moved { x in
        concatenated(
          lengths.enumerated().map { item, length in
            let order = Array((0..<length).reversed()) + Array(length..<shape[time])
            return x.sliced(item..<item + 1, axis: batch).items(order, axis: time)
          }, axis: batch)
      }
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
    guard sizes.reduce(0, +) == size, sizes.allSatisfy({ $0 >= 0 }) else {
      throw unsupported("\(size) elements as \(sizes)")
    }
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return value.moved { $0.sliced(start..<start + size, axis: axis) }
    }
  }

  /// Indices that count from the front or, below 0, from the back.
  func places(_ input: Int, size: Int) throws(ONNXError) -> Indices {
    guard case .integers(let places) = try value(input) else {
      throw unsupported("indices that are no whole numbers")
    }
    let found = places.mapped { $0 < 0 ? $0 + size : $0 }
    guard found.values.allSatisfy({ 0..<size ~= $0 }) else {
      throw unsupported("indices beyond \(size)")
    }
    return found
  }

  private func sliced(_ x: Tensor) throws(ONNXError) -> Tensor {
    guard let starts = try integers("starts", orInput: 1),
      let ends = try integers("ends", orInput: 2), ends.count == starts.count
    else { throw unsupported("no bounds") }
    let axes = try integers("axes", orInput: 3) ?? Array(starts.indices)
    let steps = try integers(4) ?? Array(repeating: 1, count: starts.count)
    guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
      throw unsupported("bounds of different counts")
    }
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

  private func padded(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    guard let pads = try integers("pads", orInput: 1) else { throw unsupported("no pads") }
    let given = try integers(3) ?? Array(value.shape.indices)
    guard pads.count == 2 * given.count else { throw unsupported("\(pads)") }
    let filling = optional(2)?.tensor.array.first ?? float("value", 0)
    var x = value.tensor
    for (index, axis) in given.enumerated() {
      let axis = try self.axis(axis, rank: x.shape.count)
      x = try x.padded(
        before: pads[index], after: pads[index + given.count], axis: axis,
        by: text("mode", "constant"), filling: filling)
    }
    return value.with(x)
  }

  private func centred(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    guard let sizes = try integers(1) else { throw unsupported("no sizes") }
    let axes = integers("axes") ?? Array(value.shape.indices)
    guard axes.count == sizes.count else { throw unsupported("\(sizes) for \(axes)") }
    var x = value.tensor
    for (axis, wanted) in zip(axes, sizes) {
      let axis = try self.axis(axis, rank: x.shape.count)
      let more = wanted - x.shape[axis]
      let before = more < 0 ? -(-more / 2) : more / 2
      x = try x.padded(
        before: before, after: more - before, axis: axis, by: "constant", filling: 0)
    }
    return value.with(x)
  }

  private func triangle(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    let shape = value.shape
    guard shape.count >= 2 else { throw unsupported("\(shape.count) axes") }
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let offset = try integers(1)?.first ?? 0
    let isUpper = integer("upper", 1) == 1
    let kept = (0..<rows).flatMap { row in
      (0..<columns).map { isUpper ? $0 - row >= offset : $0 - row <= offset }
    }
    let mask = Tensor(kept.map { $0 ? 1 : 0 }, shape: [rows, columns])
    guard value.shape.reduce(1, *) > 0 else { return value }
    guard case .integers(let integers) = value else {
      return value.with(selected(mask, value.tensor, .single(0)))
    }
    return .integers(integers.joined(mask.integers) { $0 * $1 })
  }

  private func gatheredByTuples(_ value: GraphValue) throws(ONNXError) -> GraphValue {
    guard case .integers(let tuples) = try self.value(1), let length = tuples.shape.last else {
      throw unsupported("indices that are no whole numbers")
    }
    let batchAxes = integer("batch_dims", 0)
    let shape = value.shape
    guard batchAxes + length <= shape.count, batchAxes < tuples.shape.count else {
      throw unsupported("tuples of \(length) for \(shape)")
    }
    let batch = shape[..<batchAxes].reduce(1, *)
    let middle = Array(shape[batchAxes..<batchAxes + length])
    let rest = Array(shape[(batchAxes + length)...])
    let count = tuples.values.count / max(1, length)
    var rows: [Int] = []
    for tuple in 0..<count {
      var row = batch == 0 ? 0 : tuple / max(1, count / batch)
      for (axis, size) in middle.enumerated() {
        let index = tuples.values[tuple * length + axis]
        guard -size..<size ~= index else { throw unsupported("index \(index) of \(size)") }
        row = row * size + (index < 0 ? index + size : index)
      }
      rows.append(row)
    }
    return value.moved { x in
      x.reshaped([batch * middle.reduce(1, *), rest.reduce(1, *)]).items(rows, axis: 0)
        .reshaped(tuples.shape.dropLast() + rest)
    }
  }
}

extension Tensor {
  /// More elements along an axis, or fewer where a count is negative.
  func padded(
    before: Int, after: Int, axis: Int, by mode: String, filling: Float
  ) throws(ONNXError) -> Tensor {
    let size = shape[axis]
    guard size + before + after >= 0 else {
      throw .unsupported(operator: "Pad", reason: "fewer than no elements")
    }
    let places = (-before..<size + after)
    switch mode {
    case "constant":
      let inside = items(places.filter { 0..<size ~= $0 }, axis: axis)
      let margins = [Swift.max(0, before), Swift.max(0, after)].map { width in
        var shape = inside.shape
        shape[axis] = width
        return Tensor(repeating: filling, shape: shape)
      }
      return concatenated([margins[0], inside, margins[1]], axis: axis)
    case "edge": return items(places.map { Swift.min(Swift.max($0, 0), size - 1) }, axis: axis)
    case "wrap": return items(places.map { (($0 % size) + size) % size }, axis: axis)
    case "reflect":
      let period = Swift.max(1, 2 * (size - 1))
      let wrapped = places.map { (($0 % period) + period) % period }
      return items(wrapped.map { $0 < size ? $0 : period - $0 }, axis: axis)
    default: throw .unsupported(operator: "Pad", reason: "this kind of padding")
    }
  }
}
