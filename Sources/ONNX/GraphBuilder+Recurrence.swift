internal import Tensors

// Recurrent layers: what the engine computes beforehand goes back into the operator.

extension GraphBuilder {
  /// The steps of one direction.
  ///
  /// - Parameters:
  ///   - type: `LSTM`, given what the input adds, weight, hidden state and cell, or `GRU`, given a
  ///     bias before the hidden state and no cell.
  ///   - inputs: As the trace has them.
  mutating func recurrence(
    _ type: String, _ inputs: [Tensor], reversed: Bool
  ) throws(ONNXError) -> String {
    let isLong = type == "LSTM"
    let (given, weight) = (inputs[0], inputs[1])
    let (batch, steps, size) = (given.shape[0], given.shape[1], weight.shape[1])
    // The engine's gates are input, forget, candidate, output, and reset, update, candidate.
    let order = isLong ? [0, 3, 1, 2] : [1, 0, 2]
    let source = try inputProduct(given)
    guard let recurrent = constantValues(of: weight) else {
      throw .notExportable("the weight of a recurrent layer depends on the inputs")
    }
    var biases = ordered(source.bias, order, columns: 1)
    if isLong {
      biases += Array(repeating: 0, count: biases.count)
    } else {
      guard let bias = constantValues(of: inputs[2]) else {
        throw .notExportable("the bias of a recurrent layer depends on the inputs")
      }
      biases += ordered(bias, order, columns: 1)
    }
    let rows = order.count * size
    let columns = source.weight.count / rows
    func state(_ tensor: Tensor) -> String {
      node("Reshape", [name(of: tensor), constant([1, batch, size])])
    }
    var operands = [
      node("Transpose", [source.name], [.integers("perm", [1, 0, 2])]),
      constant(ordered(source.weight, order, columns: columns), shape: [1, rows, columns]),
      constant(ordered(recurrent, order, columns: size), shape: [1, rows, size]),
      constant(biases, shape: [1, 2 * rows]), "", state(inputs[isLong ? 2 : 3]),
    ]
    if isLong { operands.append(state(inputs[3])) }
    var attributes: [Onnx_AttributeProto] = [
      .integer("hidden_size", size), .text("direction", reversed ? "reverse" : "forward"),
    ]
    if !isLong { attributes.append(.integer("linear_before_reset", 1)) }
    let made = node(type, operands, attributes, outputs: isLong ? 3 : 1)
    // From [steps, 1, batch, size] to [batch, steps, size].
    let turned = node("Transpose", [made[0]], [.integers("perm", [2, 0, 1, 3])])
    let states = node("Reshape", [turned, constant([batch, steps, size])])
    guard isLong else { return states }
    let cell = node("Transpose", [made[2]], [.integers("perm", [1, 0, 2])])
    return node("Concat", [states, cell], [.integer("axis", 1)])
  }

  /// The input, weight and bias whose product is what the input adds to the gates.
  private mutating func inputProduct(
    _ given: Tensor
  ) throws(ONNXError) -> (name: String, weight: [Float], bias: [Float]) {
    let rows = given.shape[2]
    if let reshape = maker(of: given), case .reshape? = reshape.operation,
      let product = maker(of: reshape.inputs[0]), case .linear? = product.operation,
      let weight = constantValues(of: product.inputs[1]),
      let bias = constantValues(of: product.inputs[2])
    {
      let shape = Array(given.shape[..<2]) + [product.inputs[0].shape[1]]
      return (
        node("Reshape", [name(of: product.inputs[0]), constant(shape)]), weight, bias
      )
    }
    let identity = (0..<rows * rows).map { Float($0 / rows == $0 % rows ? 1 : 0) }
    return (name(of: given), identity, Array(repeating: 0, count: rows))
  }

  /// Gates in ONNX's order.
  private func ordered(_ values: [Float], _ order: [Int], columns: Int) -> [Float] {
    let size = values.count / (order.count * columns)
    return order.flatMap { values[$0 * size * columns..<($0 + 1) * size * columns] }
  }
}
