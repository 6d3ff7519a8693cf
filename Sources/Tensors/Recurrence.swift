internal import Kernels

// The steps of recurrent layers. The pullbacks are fused and cannot be differentiated again.

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
    output, shape: [geometry.batch, steps + 1, size], from: [given, weight, hidden, cell]
  ) { upstream in
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
    from: [given, weight, bias, hidden]
  ) { upstream in
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
