internal import Tensors

// Recurrent layers, step by step.

extension OperatorCall {
  func recurrence() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "LSTM": return try recurred(gates: 4, activations: ["Sigmoid", "Tanh", "Tanh"])
    case "GRU": return try recurred(gates: 3, activations: ["Sigmoid", "Tanh"])
    case "RNN": return try recurred(gates: 1, activations: ["Tanh"])
    default: return nil
    }
  }

  /// - Parameter activations: Those of one direction, unless the node names others.
  private func recurred(
    gates: Int, activations standard: [String]
  ) throws(ONNXError) -> [GraphValue] {
    let isBatchFirst = flag("layout")
    var x = try tensor(0, rank: 3...3)
    if isBatchFirst { x = x.transposed(0, 1) }
    let (steps, batch) = (x.shape[0], x.shape[1])
    let (weights, recurrent) = (try tensor(1, rank: 3...3), try tensor(2, rank: 3...3))
    let (directions, size) = (weights.shape[0], recurrent.shape[2])
    guard !has("clip"), !flag("input_forget") else { throw unsupported("clipping") }
    if let lengths = try integers(4), lengths.contains(where: { $0 != steps }) {
      throw unsupported("sequences of different lengths")
    }
    func state(_ index: Int) -> Tensor {
      guard let given = optional(index)?.tensor else {
        return Tensor(repeating: 0, shape: [directions, batch, size])
      }
      return isBatchFirst ? given.transposed(0, 1) : given
    }
    let names = try (texts("activations") ?? (0..<directions).flatMap { _ in standard })
      .map { name throws(ONNXError) in try activation(name) }
    guard names.count == directions * standard.count else { throw unsupported("activations") }
    let (hidden, cell) = (state(5), name == "LSTM" ? state(6) : state(-1))
    var (sequences, lasts, cells): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for direction in 0..<directions {
      func part(_ x: Tensor) -> Tensor {
        x.sliced(direction..<direction + 1, axis: 0).reshaped(Array(x.shape.dropFirst()))
      }
      let isBackward = text("direction", "forward") == "reverse" || direction == 1
      let bias = optional(3).map { part($0.tensor) }
      let layer = RecurrentLayer(
        kind: name, size: size, input: part(weights), recurrent: part(recurrent),
        inputBias: bias?.sliced(0..<gates * size, axis: 0),
        recurrentBias: bias?.sliced(gates * size..<2 * gates * size, axis: 0),
        peepholes: name == "LSTM" ? optional(7).map { part($0.tensor) } : nil,
        activations: Array(names[direction * standard.count..<(direction + 1) * standard.count]),
        resetsAfter: flag("linear_before_reset"))
      var (h, c) = (part(hidden), part(cell))
      var found: [Tensor] = []
      for step in isBackward ? Array((0..<steps).reversed()) : Array(0..<steps) {
        (h, c) = layer(x.sliced(step..<step + 1, axis: 0).reshaped([batch, x.shape[2]]), h, c)
        found.append(h)
      }
      sequences.append(stacked(isBackward ? found.reversed() : found, axis: 0))
      lasts.append(h)
      cells.append(c)
    }
    let all = [
      stacked(sequences, axis: 1), stacked(lasts, axis: 0), stacked(cells, axis: 0),
    ]
    let turned = zip(all, [[2, 0, 1, 3], [1, 0, 2], [1, 0, 2]]).map {
      isBatchFirst ? $0.permuted($1) : $0
    }
    return turned.prefix(outputCount).map(GraphValue.numbers)
  }

  private func activation(_ name: String) throws(ONNXError) -> @Sendable (Tensor) -> Tensor {
    switch name {
    case "Sigmoid": { sigmoid($0) }
    case "Tanh": { tanh($0) }
    case "Relu": { relu($0) }
    default: throw unsupported("the activation \(name)")
    }
  }
}

/// One direction of a recurrent layer.
private struct RecurrentLayer {
  let kind: String
  let size: Int
  /// `[gates · size, input]` and `[gates · size, size]`.
  let input, recurrent: Tensor
  let inputBias, recurrentBias: Tensor?
  /// Of the gates for input, output and forgetting.
  let peepholes: Tensor?
  let activations: [@Sendable (Tensor) -> Tensor]
  /// Whether a GRU's reset comes after its product.
  let resetsAfter: Bool

  func callAsFunction(_ x: Tensor, _ h: Tensor, _ c: Tensor) -> (Tensor, Tensor) {
    let fromInput = linear(x, weight: input, bias: inputBias)
    func gate(_ x: Tensor, _ index: Int) -> Tensor {
      x.sliced(index * size..<(index + 1) * size, axis: 1)
    }
    let fromState = linear(h, weight: recurrent, bias: recurrentBias)
    let both = fromInput + fromState
    switch kind {
    case "LSTM":
      func peeped(_ index: Int, _ c: Tensor) -> Tensor {
        guard let peepholes else { return Tensor(repeating: 0, shape: [size]) }
        return c * peepholes.sliced(index * size..<(index + 1) * size, axis: 0)
      }
      let entering = activations[0](gate(both, 0) + peeped(0, c))
      let forgetting = activations[0](gate(both, 2) + peeped(2, c))
      let next = forgetting * c + entering * activations[1](gate(both, 3))
      let leaving = activations[0](gate(both, 1) + peeped(1, next))
      return (leaving * activations[2](next), next)
    case "GRU":
      let (keeping, resetting) = (activations[0](gate(both, 0)), activations[0](gate(both, 1)))
      let new: Tensor
      if resetsAfter {
        new = activations[1](gate(fromInput, 2) + resetting * gate(fromState, 2))
      } else {
        let last = 2 * size..<3 * size
        let state = linear(
          resetting * h, weight: recurrent.sliced(last, axis: 0),
          bias: recurrentBias?.sliced(last, axis: 0))
        new = activations[1](gate(fromInput, 2) + state)
      }
      return ((1 - keeping) * new + keeping * h, c)
    default: return (activations[0](both), c)
    }
  }
}
