// The steps of recurrent layers one by one, in operations that can be differentiated again.

/// What ``lstmSteps(_:weight:hidden:cell:reversed:)`` records: `[batch, steps + 1, size]`, the state after each
/// step, then the last cell.
///
/// - Parameter sources: What the input adds to the gates, the weight, the state and the cell before.
func composedLSTM(_ sources: [Tensor], reversed: Bool) -> Tensor {
  let (given, weight) = (sources[0], sources[1])
  var (hidden, cell) = (sources[2], sources[3])
  var states: [Tensor] = []
  for step in given.steps(reversed: reversed) {
    let gates = (step + matmul(hidden, weight, transposingRight: true)).chunked(4, axis: 1)
    cell = sigmoid(gates[1]) * cell + sigmoid(gates[0]) * tanh(gates[2])
    hidden = sigmoid(gates[3]) * tanh(cell)
    states.append(hidden)
  }
  return stacked((reversed ? states.reversed() : states) + [cell], axis: 1)
}

/// What ``gruSteps(_:weight:bias:hidden:reversed:)`` records: the state after each step.
///
/// - Parameter sources: What the input adds to the gates, the weight, the bias and the state before.
func composedGRU(_ sources: [Tensor], reversed: Bool) -> Tensor {
  let (given, weight, bias) = (sources[0], sources[1], sources[2])
  var hidden = sources[3]
  var states: [Tensor] = []
  for step in given.steps(reversed: reversed) {
    let own = step.chunked(3, axis: 1)
    let recurrent = linear(hidden, weight: weight, bias: bias).chunked(3, axis: 1)
    let (reset, update) = (sigmoid(own[0] + recurrent[0]), sigmoid(own[1] + recurrent[1]))
    let candidate = tanh(own[2] + reset * recurrent[2])
    hidden = candidate + update * (hidden - candidate)
    states.append(hidden)
  }
  return stacked(reversed ? states.reversed() : states, axis: 1)
}

extension Tensor {
  /// The steps of `[batch, steps, gates]` in the order in which they are taken, `[batch, gates]` each.
  fileprivate func steps(reversed: Bool) -> [Tensor] {
    let steps = chunked(shape[1], axis: 1).map { $0.reshaped([shape[0], shape[2]]) }
    return reversed ? steps.reversed() : steps
  }
}
