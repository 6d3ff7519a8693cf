internal import CKernels

/// The steps of one direction of a recurrent layer, all that cannot be done for all steps at once.
///
/// What the input adds to the gates is given: `[batch, steps, gates · size]`, gates in PyTorch's order. Items are divided
/// among the threads.
public struct Recurrence: Hashable, Sendable {
  public let batch, steps, size: Int
  /// Whether it goes from the last step to the first.
  public let isReversed: Bool

  public init(batch: Int, steps: Int, size: Int, isReversed: Bool) {
    precondition(batch > 0 && steps > 0, "\(steps) steps of \(batch) items")
    self.batch = batch
    self.steps = steps
    self.size = size
    self.isReversed = isReversed
  }

  private func check(_ buffers: [(Buffer, Int)]) {
    for (buffer, count) in buffers {
      precondition(buffer.count == count, "\(buffer.count) floats for \(count) of \(self)")
    }
  }

  /// What a pass leaves for its pullback.
  public struct Trace: Sendable {
    let gates: Buffer
    let cells: Buffer?
  }

  /// An LSTM's steps.
  ///
  /// Source: Hochreiter & Schmidhuber 1997 with the forget gate of Gers et al. 2000.
  ///
  /// - Parameters:
  ///   - weight: `[4 · size, size]`.
  ///   - hidden: `[batch, size]`.
  ///   - cell: Likewise.
  /// - Returns: `[batch, steps + 1, size]`: the state of each step, then the last cell.
  public func lstm(_ given: Buffer, weight: Buffer, hidden: Buffer, cell: Buffer)
    -> (output: Buffer, trace: Trace)
  {
    check([(given, batch * steps * 4 * size), (hidden, batch * size), (cell, batch * size)])
    let packed = PackedMatrix(weight, inner: size, columns: 4 * size, isTransposed: true)
    let output = Buffer(count: batch * (steps + 1) * size)
    let (gates, cells) = (Buffer(count: given.count), Buffer(count: batch * steps * size))
    parallelShares(batch) { items in
      let (start, own) = (items.lowerBound * size, Buffer(count: items.count * 4 * size))
      ck_lstm(
        output.pointer + start * (steps + 1), cells.pointer + start * steps,
        gates.pointer + start * steps * 4, given.pointer + start * steps * 4,
        packed.panels.pointer, hidden.pointer + start, cell.pointer + start, own.pointer,
        items.count, steps, size, isReversed ? 1 : 0, channelLanes)
    }
    return (output, Trace(gates: gates, cells: cells))
  }

  /// The gradients of what ``lstm(_:weight:hidden:cell:)`` was given, but for the weight's.
  ///
  /// - Parameter upstream: `[batch, steps + 1, size]`.
  public func lstmPullback(
    _ upstream: Buffer, _ trace: Trace, weight: Buffer, cell: Buffer
  ) -> (given: Buffer, hidden: Buffer, cell: Buffer) {
    guard let cells = trace.cells else { preconditionFailure("a trace of another layer") }
    check([(upstream, batch * (steps + 1) * size), (trace.gates, batch * steps * 4 * size)])
    let packed = PackedMatrix(weight, inner: 4 * size, columns: size, isTransposed: false)
    let result = (
      given: Buffer(count: trace.gates.count), hidden: Buffer(count: batch * size),
      cell: Buffer(count: batch * size)
    )
    parallelShares(batch) { items in
      let (start, own) = (items.lowerBound * size, Buffer(count: items.count * 4 * size))
      ck_lstm_pullback(
        result.given.pointer + start * steps * 4, result.hidden.pointer + start,
        result.cell.pointer + start, upstream.pointer + start * (steps + 1),
        trace.gates.pointer + start * steps * 4, cells.pointer + start * steps,
        cell.pointer + start, packed.panels.pointer, own.pointer, items.count, steps, size,
        isReversed ? 1 : 0, channelLanes)
    }
    return result
  }

  /// A GRU's steps; its gates are reset, update and candidate.
  ///
  /// Source: Cho et al. 2014, arXiv:1406.1078, as PyTorch has it: the reset gate scales the candidate's recurrent part
  /// after its product and bias.
  ///
  /// - Parameters:
  ///   - weight: `[3 · size, size]`.
  ///   - bias: Of the recurrent products, `[3 · size]`.
  ///   - hidden: `[batch, size]`.
  /// - Returns: `[batch, steps, size]`.
  public func gru(_ given: Buffer, weight: Buffer, bias: Buffer, hidden: Buffer)
    -> (output: Buffer, trace: Trace)
  {
    check([(given, batch * steps * 3 * size), (bias, 3 * size), (hidden, batch * size)])
    let packed = PackedMatrix(weight, inner: size, columns: 3 * size, isTransposed: true)
    let output = Buffer(count: batch * steps * size)
    let gates = Buffer(count: batch * steps * 4 * size)
    parallelShares(batch) { items in
      let (start, own) = (items.lowerBound * size, Buffer(count: items.count * 4 * size))
      ck_gru(
        output.pointer + start * steps, gates.pointer + start * steps * 4,
        given.pointer + start * steps * 3, packed.panels.pointer, bias.pointer,
        hidden.pointer + start, own.pointer, items.count, steps, size, isReversed ? 1 : 0,
        channelLanes)
    }
    return (output, Trace(gates: gates, cells: nil))
  }

  /// The gradients of what ``gru(_:weight:bias:hidden:)`` was given, but for the weight's and the
  /// bias', and that of the recurrent products.
  public func gruPullback(
    _ upstream: Buffer, _ trace: Trace, output: Buffer, weight: Buffer, hidden: Buffer
  ) -> (given: Buffer, products: Buffer, hidden: Buffer) {
    check([(upstream, output.count), (trace.gates, batch * steps * 4 * size)])
    let packed = PackedMatrix(weight, inner: 3 * size, columns: size, isTransposed: false)
    let result = (
      given: Buffer(count: batch * steps * 3 * size),
      products: Buffer(count: batch * steps * 3 * size), hidden: Buffer(count: batch * size)
    )
    parallelShares(batch) { items in
      let (start, own) = (items.lowerBound * size, Buffer(count: items.count * 4 * size))
      ck_gru_pullback(
        result.given.pointer + start * steps * 3, result.products.pointer + start * steps * 3,
        result.hidden.pointer + start, upstream.pointer + start * steps,
        trace.gates.pointer + start * steps * 4, output.pointer + start * steps,
        hidden.pointer + start, packed.panels.pointer, own.pointer, items.count, steps, size,
        isReversed ? 1 : 0, channelLanes)
    }
    return result
  }

  /// The state before each step: `[batch, steps, size]`.
  ///
  /// - Parameters:
  ///   - output: The states after each step, with so many rows per item.
  ///   - hidden: Before the first.
  public func statesBefore(_ output: Buffer, rows: Int, hidden: Buffer) -> Buffer {
    let result = Buffer(count: batch * steps * size)
    for item in 0..<batch {
      let (from, to) = (item * rows * size, item * steps * size)
      result.copy(
        (steps - 1) * size, from: output, at: from + (isReversed ? size : 0),
        to: to + (isReversed ? 0 : size))
      result.copy(
        size, from: hidden, at: item * size, to: to + (isReversed ? (steps - 1) * size : 0))
    }
    return result
  }
}
