internal import Tensors

// Operators that find elements or boxes.

extension OperatorCall {
  func search() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "Split": return try split()
    case "TopK": return try largest()
    case "NonZero":
      let x = try tensor(0)
      let places = x.array.enumerated().filter { $0.element != 0 }.map(\.offset)
      let strides = x.shape.indices.map { x.shape[($0 + 1)...].reduce(1, *) }
      let rows = zip(strides, x.shape).flatMap { stride, size in places.map { $0 / stride % size } }
      return [.integers(Indices(rows, shape: [x.shape.count, places.count]))]
    case "Unique": return try unique()
    case "NonMaxSuppression": return [.integers(try suppressed())]
    default: return nil
    }
  }

  private func largest() throws(ONNXError) -> [GraphValue] {
    let value = try value(0)
    let axis = try axis(integer("axis", -1), rank: value.shape.count)
    guard let count = try integers(1)?.first ?? (has("k") ? integer("k", 1) : nil),
      0...value.shape[axis] ~= count
    else { throw unsupported("no count") }
    let (size, sign) = (value.shape[axis], integer("largest", 1) == 1 ? Float(1) : -1)
    let last = value.shape.count - 1
    let rows = (sign * value.tensor).transposed(axis, last)
    let elements = rows.array
    var places: [Int] = []
    for start in stride(from: 0, to: elements.count, by: max(1, size)) {
      let order = (0..<size).sorted {
        let (a, b) = (elements[start + $0], elements[start + $1])
        return a == b ? $0 < $1 : a > b
      }
      places += order.prefix(count)
    }
    let turned = GraphValue.integers(
      Indices(places, shape: rows.shape.dropLast() + [count])
    ).moved { $0.transposed(axis, last) }
    guard case .integers(let indices) = turned else { return [] }
    return [value.moved { $0.gathered(indices, axis: axis) }, turned]
  }

  private func unique() throws(ONNXError) -> [GraphValue] {
    let value = try value(0)
    let axis = try has("axis") ? axis(integer("axis", 0), rank: value.shape.count) : 0
    let x = has("axis") ? value : value.reshaped([value.shape.reduce(1, *)])
    let count = x.shape[axis]
    let rows = (0..<count).map { x.tensor.items([$0], axis: axis).array }
    var order: [Int] = []
    for row in 0..<count where !order.contains(where: { rows[$0] == rows[row] }) {
      order.append(row)
    }
    if integer("sorted", 1) == 1 {
      order.sort { rows[$0].lexicographicallyPrecedes(rows[$1]) }
    }
    let inverse = rows.map { row in order.firstIndex { rows[$0] == row } ?? 0 }
    let counts = order.indices.map { place in inverse.count { $0 == place } }
    let found = order
    let results = [
      x.moved { $0.items(found, axis: axis) },
      .integers(Indices(order, shape: [order.count])),
      .integers(Indices(inverse, shape: [count])),
      .integers(Indices(counts, shape: [order.count])),
    ]
    return Array(results.prefix(outputCount))
  }

  /// Boxes by score, without those that lie too much over a better one.
  private func suppressed() throws(ONNXError) -> Indices {
    let (boxes, scores) = (try tensor(0, rank: 3...3), try tensor(1, rank: 3...3))
    let limit = try integers(2)?.first ?? 0
    let overlap = optional(3)?.tensor.array.first ?? 0
    let threshold = optional(4)?.tensor.array.first ?? -.infinity
    let (batch, classes, count) = (scores.shape[0], scores.shape[1], scores.shape[2])
    let isCentred = flag("center_point_box")
    let (corners, values) = (boxes.array, scores.array)
    func box(_ item: Int, _ index: Int) -> (x: ClosedRange<Float>, y: ClosedRange<Float>) {
      let at = (item * count + index) * 4
      let (a, b, c, d) = (corners[at], corners[at + 1], corners[at + 2], corners[at + 3])
      if isCentred { return (a - c / 2...a + c / 2, b - d / 2...b + d / 2) }
      return (min(b, d)...max(b, d), min(a, c)...max(a, c))
    }
    func length(_ range: ClosedRange<Float>) -> Float { range.upperBound - range.lowerBound }
    func common(_ a: ClosedRange<Float>, _ b: ClosedRange<Float>) -> Float {
      max(0, min(a.upperBound, b.upperBound) - max(a.lowerBound, b.lowerBound))
    }
    var found: [Int] = []
    for item in 0..<batch {
      for kind in 0..<classes {
        func score(_ index: Int) -> Float { values[(item * classes + kind) * count + index] }
        let order = (0..<count).filter { score($0) > threshold }.sorted {
          score($0) == score($1) ? $0 < $1 : score($0) > score($1)
        }
        var kept: [Int] = []
        for index in order where kept.count < limit {
          let own = box(item, index)
          let isFree = kept.allSatisfy { other in
            let better = box(item, other)
            let shared = common(own.x, better.x) * common(own.y, better.y)
            let all =
              length(own.x) * length(own.y) + length(better.x) * length(better.y) - shared
            return all <= 0 || shared / all <= overlap
          }
          if isFree { kept.append(index) }
        }
        for index in kept { found += [item, kind, index] }
      }
    }
    return Indices(found, shape: [found.count / 3, 3])
  }
}
