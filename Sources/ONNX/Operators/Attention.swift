internal import Tensors

// Attention, and the turning of vectors by their place.

extension OperatorCall {
  func attention() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "Attention": return try attended()
    case "RotaryEmbedding": return [.numbers(try rotated())]
    default: return nil
    }
  }

  /// Maps `[batch, length, heads · size]`, or `[batch, heads, length, size]`, to the latter.
  private func heads(_ x: Tensor, _ attribute: String) throws(ONNXError) -> Tensor {
    guard x.shape.count == 3 else {
      guard x.shape.count == 4 else { throw unsupported("\(x.shape)") }
      return x
    }
    let count = integer(attribute, 0)
    guard count > 0, x.shape[2] % count == 0 else { throw unsupported("\(count) heads") }
    return x.reshaped([x.shape[0], x.shape[1], count, x.shape[2] / count]).transposed(1, 2)
  }

  private func attended() throws(ONNXError) -> [GraphValue] {
    let isFlat = try tensor(0).shape.count == 3
    let query = try heads(try tensor(0), "q_num_heads")
    var keys = try heads(try tensor(1), "kv_num_heads")
    var values = try heads(try tensor(2), "kv_num_heads")
    let past = optional(4)?.tensor.shape[2] ?? 0
    if let earlier = optional(4)?.tensor { keys = concatenated([earlier, keys], axis: 2) }
    if let earlier = optional(5)?.tensor { values = concatenated([earlier, values], axis: 2) }
    let present = [keys, values]
    guard query.shape[1] % keys.shape[1] == 0, query.shape[3] == keys.shape[3] else {
      throw unsupported("keys of \(keys.shape) for \(query.shape)")
    }
    let share = query.shape[1] / keys.shape[1]
    if share > 1 {
      let order = (0..<query.shape[1]).map { $0 / share }
      (keys, values) = (keys.items(order, axis: 1), values.items(order, axis: 1))
    }
    // Half of the scale for each factor, as the definition has it.
    let half = float("scale", 1 / Float(query.shape[3]).squareRoot()).squareRoot()
    var products = matmul(half * query, half * keys, transposingRight: true)
    var stages = [products]
    if let bias = try bias(rows: query.shape[2], columns: keys.shape[2], past: past) {
      products = products + bias
    }
    stages.append(products)
    let cap = float("softcap", 0)
    if cap > 0 { products = cap * tanh(products / cap) }
    stages.append(products)
    let shares = softmax(products, axis: 3)
    stages.append(shares)
    var result = matmul(shares, values)
    if isFlat {
      result = result.transposed(1, 2).reshaped(
        [result.shape[0], result.shape[2], result.shape[1] * result.shape[3]])
    }
    let mode = integer("qk_matmul_output_mode", 0)
    guard stages.indices.contains(mode) else { throw unsupported("mode \(mode)") }
    return ([result] + present + [stages[mode]]).prefix(outputCount).map(GraphValue.numbers)
  }

  /// What is added to the products: 0, −∞ where a query may not look, or what the mask says.
  private func bias(rows: Int, columns: Int, past: Int) throws(ONNXError) -> Tensor? {
    func hiding(_ shape: [Int], _ isHidden: (_ row: Int, _ column: Int) -> Bool) -> Tensor {
      let length = shape[shape.count - 1]
      let values = (0..<shape.reduce(1, *)).map { isHidden($0 / length, $0 % length) }
      return Tensor(values.map { $0 ? -.infinity : 0 }, shape: shape)
    }
    var bias: Tensor?
    if let mask = optional(3) {
      var known = mask.tensor
      if case .booleans = mask { known = selected(known, .single(0), .single(-.infinity)) }
      let missing = columns - (known.shape.last ?? columns)
      bias = try known.padded(
        before: 0, after: missing, axis: known.shape.count - 1, by: "constant",
        filling: -.infinity)
    }
    if flag("is_causal") {
      let causal = hiding([rows, columns]) { past + $0 < $1 }
      bias = bias.map { $0 + causal } ?? causal
    }
    if let lengths = try integers(6) {
      let padding = hiding([lengths.count, 1, 1, columns]) { lengths[$0] <= $1 }
      bias = bias.map { $0 + padding } ?? padding
    }
    return bias
  }

  private func rotated() throws(ONNXError) -> Tensor {
    let given = try tensor(0)
    let x = try heads(given, "num_heads")
    let (batch, length, size) = (x.shape[0], x.shape[2], x.shape[3])
    let turned = integer("rotary_embedding_dim", 0) == 0 ? size : integer("rotary_embedding_dim", 0)
    guard turned % 2 == 0, turned <= size else { throw unsupported("\(turned) of \(size)") }
    /// The cosines or sines of each place: `[batch, 1, length, turned / 2]`.
    func table(_ index: Int) throws(ONNXError) -> Tensor {
      var table = try tensor(index)
      if let places = try integers(3) { table = table.items(places, axis: 0) }
      guard table.count == batch * length * turned / 2 else { throw unsupported("\(table.shape)") }
      return table.reshaped([batch, 1, length, turned / 2])
    }
    let (cosines, sines) = (try table(1), try table(2))
    let half = turned / 2
    let isInterleaved = flag("interleaved")
    let first = isInterleaved ? (0..<half).map { 2 * $0 } : Array(0..<half)
    let second = isInterleaved ? first.map { $0 + 1 } : Array(half..<turned)
    let (a, b) = (x.items(first, axis: 3), x.items(second, axis: 3))
    let made = concatenated(
      [cosines * a - sines * b, sines * a + cosines * b, x.sliced(turned..<size, axis: 3)], axis: 3)
    // Where each element of the result stands among those that were made.
    var order = Array(0..<size)
    for index in 0..<half { (order[first[index]], order[second[index]]) = (index, half + index) }
    let result = made.items(order, axis: 3)
    return given.shape.count == 4 ? result : result.transposed(1, 2).reshaped(given.shape)
  }
}
