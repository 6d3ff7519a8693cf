internal import Kernels

// The steps of recurrent layers.

/// The steps of one direction of an LSTM.
///
/// - Parameters:
///   - given: What the input adds to the gates input, forget, candidate and output, with all biases: `[batch, steps, 4 ·
///     size]`.
///   - weight: `[4 · size, size]`.
///   - hidden: The state before, `[batch, size]`.
///   - cell: Likewise.
///   - reversed: Whether steps go from the last to the first.
/// - Returns: The states after each step, `[batch, steps, size]`, and the last cell, `[batch, size]`.
public func lstmSteps(
  _ given: Tensor, weight: Tensor, hidden: Tensor, cell: Tensor, reversed: Bool = false
) -> (states: Tensor, cell: Tensor) {
  let geometry = Recurrence(given, weight, gates: 4, hidden, reversed)
  let (steps, size) = (geometry.steps, geometry.size)
  let weights = weight.plainBuffer
  let (hiddens, firstCells) = (hidden.plainBuffer, cell.plainBuffer)
  let (output, trace) = geometry.lstm(
    given.plainBuffer, weight: weights, hidden: hiddens, cell: firstCells)
  let both = Tensor.recorded(
    output, shape: [geometry.batch, steps + 1, size], from: [given, weight, hidden, cell],
    as: .lstm(reversed: reversed)
  ) { upstream in
    guard !Recording.isOn else {
      return pulledBack(
        upstream, through: { composedLSTM($0, reversed: reversed) },
        to: [given, weight, hidden, cell])
    }
    let found = geometry.lstmPullback(
      upstream.plainBuffer, trace, weight: weights, cell: firstCells)
    let before = geometry.statesBefore(output, rows: steps + 1, hidden: hiddens)
    return [
      Tensor(found.given, shape: given.shape),
      weight.isTracked ? geometry.weightGradient(found.given, before, gates: 4) : nil,
      Tensor(found.hidden, shape: hidden.shape), Tensor(found.cell, shape: cell.shape),
    ]
  }
  return (
    both.sliced(0..<steps, axis: 1),
    both.sliced(steps..<steps + 1, axis: 1).reshaped([geometry.batch, size])
  )
}

/// The steps of LSTM layers on top of each other, one direction, over one item: they work at the same time.
///
/// For inference; there is no gradient.
///
/// - Parameters:
///   - x: `[1, steps, input]`.
///   - layers: Of each the weights by the input and by the state, `[4 · size, …]`, and the sum of its biases.
///   - hidden: The states before, `[layers, 1, size]`.
///   - cell: Likewise.
/// - Returns: The states of the last layer, `[1, steps, size]`, and what all end with in the shape of `hidden`; `nil`
///   where a pullback or a trace is wanted.
public func lstmStack(
  _ x: Tensor, layers: [(inputWeight: Tensor, weight: Tensor, bias: Tensor)], hidden: Tensor,
  cell: Tensor
) -> (states: Tensor, hidden: Tensor, cell: Tensor)? {
  guard !Recording.isOn, Trace.current == nil else { return nil }
  let (steps, size) = (x.shape[1], layers[0].weight.shape[1])
  let shape = [layers.count, 1, size]
  precondition(
    x.shape[0] == 1 && hidden.shape == shape && cell.shape == shape,
    "\(shape) states over \(x.shape)")
  func state(_ states: Tensor, _ index: Int) -> Buffer {
    states.sliced(index..<index + 1, axis: 0).buffer
  }
  let stack = LSTMStack(
    layers: layers.enumerated().map { index, layer in
      LSTMStack.Layer(
        input: layer.inputWeight.shape[1], inputWeight: layer.inputWeight.plainBuffer,
        weight: layer.weight.plainBuffer, bias: layer.bias.plainBuffer,
        hidden: state(hidden, index), cell: state(cell, index))
    }, steps: steps, size: size)
  let outputs = stack(x.plainBuffer).map { Tensor($0, shape: [1, steps + 1, size]) }
  func last(_ row: Int) -> Tensor {
    concatenated(outputs.map { $0.sliced(row..<row + 1, axis: 1) }, axis: 0)
  }
  return (outputs[layers.count - 1].sliced(0..<steps, axis: 1), last(steps - 1), last(steps))
}

/// The steps of one direction of a GRU.
///
/// - Parameters:
///   - given: What the input adds to the gates reset, update and candidate, with its biases: `[batch, steps, 3 · size]`.
///   - weight: `[3 · size, size]`.
///   - bias: Of the recurrent products, `[3 · size]`.
///   - hidden: The state before, `[batch, size]`.
///   - reversed: Whether steps go from the last to the first.
/// - Returns: The states after each step, `[batch, steps, size]`.
public func gruSteps(
  _ given: Tensor, weight: Tensor, bias: Tensor, hidden: Tensor, reversed: Bool = false
) -> Tensor {
  let geometry = Recurrence(given, weight, gates: 3, hidden, reversed)
  let (weights, hiddens) = (weight.plainBuffer, hidden.plainBuffer)
  let (output, trace) = geometry.gru(
    given.plainBuffer, weight: weights, bias: bias.plainBuffer, hidden: hiddens)
  return Tensor.recorded(
    output, shape: [geometry.batch, geometry.steps, geometry.size],
    from: [given, weight, bias, hidden], as: .gru(reversed: reversed)
  ) { upstream in
    guard !Recording.isOn else {
      return pulledBack(
        upstream, through: { composedGRU($0, reversed: reversed) },
        to: [given, weight, bias, hidden])
    }
    let found = geometry.gruPullback(
      upstream.plainBuffer, trace, output: output, weight: weights, hidden: hiddens)
    let before = geometry.statesBefore(output, rows: geometry.steps, hidden: hiddens)
    let products = Tensor(found.products, shape: given.shape)
    return [
      Tensor(found.given, shape: given.shape),
      weight.isTracked ? geometry.weightGradient(found.products, before, gates: 3) : nil,
      bias.isTracked ? products.summed(to: [1, 1, bias.count]).reshaped(bias.shape) : nil,
      Tensor(found.hidden, shape: hidden.shape),
    ]
  }
}

extension Recurrence {
  fileprivate init(
    _ given: Tensor, _ weight: Tensor, gates: Int, _ hidden: Tensor, _ isReversed: Bool
  ) {
    let size = weight.shape[1]
    precondition(
      given.shape.count == 3 && given.shape[2] == gates * size
        && weight.shape == [gates * size, size] && hidden.shape == [given.shape[0], size],
      "steps of \(weight.shape) over \(given.shape) from \(hidden.shape)")
    self.init(
      batch: given.shape[0], steps: given.shape[1], size: size, isReversed: isReversed)
  }

  /// The sum over all steps of gradients by the states before them.
  fileprivate func weightGradient(_ gradient: Buffer, _ before: Buffer, gates: Int) -> Tensor {
    let product = MatrixProduct(
      rows: gates * size, inner: batch * steps, columns: size, leftIsTransposed: true)
    return Tensor(
      product(gradient, before, items: [(0, 0)]), shape: [gates * size, size])
  }
}
