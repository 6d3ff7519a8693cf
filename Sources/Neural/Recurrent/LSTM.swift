public import Tensors

/// Long short-term memory: recurrent layers with a cell that gates write, keep and show.
///
/// Source: Hochreiter & Schmidhuber 1997, with the forget gate of Gers, Schmidhuber & Cummins 2000; parameters as
/// PyTorch's.
public struct LSTM: Module {
  private let stack: RecurrentStack

  /// What a run ends with and another may begin with, `[layers · directions, batch, size]` each.
  public struct State {
    public let hidden, cell: Tensor

    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }
  }

  /// - Parameters:
  ///   - size: Units of each layer and direction.
  ///   - layers: Each reads the states of the one below.
  ///   - bidirectional: Whether a second direction runs from the last step to the first.
  public init(_ input: Int, _ size: Int, layers: Int = 1, bidirectional: Bool = false) {
    stack = RecurrentStack(
      input, size, gates: 4, layers: layers, bidirectional: bidirectional)
  }

  /// Maps `[batch, steps, input]` to `[batch, steps, size]`, or twice the size where there are two directions.
  public func callAsFunction(_ x: Tensor) -> Tensor { run(x).output }

  /// The same, with the state after the last step of each direction.
  ///
  /// - Parameter state: Before the first step; zeros by default.
  public func run(_ x: Tensor, from state: State? = nil) -> (output: Tensor, state: State) {
    if x.shape[0] == 1, let layers = stack.oneWay, layers.count > 1,
      let found = runTogether(layers, x, from: state)
    {
      return found
    }
    var (hiddens, cells): ([Tensor], [Tensor]) = ([], [])
    let output = stack.run(x) { index, direction, x in
      let given = linear(
        x, weight: direction.inputWeight.value,
        bias: direction.inputBias.value + direction.bias.value)
      let (states, cell) = lstmSteps(
        given, weight: direction.weight.value,
        hidden: stack.state(state?.hidden, index, batch: x.shape[0]),
        cell: stack.state(state?.cell, index, batch: x.shape[0]), reversed: direction.isReversed)
      hiddens.append(stack.last(states, direction))
      cells.append(cell)
      return states
    }
    return (output, State(hidden: stacked(hiddens, axis: 0), cell: stacked(cells, axis: 0)))
  }

  /// Runs layers of one direction over one item at the same time, where no gradient is wanted.
  private func runTogether(
    _ layers: [RecurrentStack.Direction], _ x: Tensor, from state: State?
  ) -> (output: Tensor, state: State)? {
    let zeros = Tensor(repeating: 0, shape: [layers.count, 1, stack.size])
    let parameters = layers.map {
      (
        inputWeight: $0.inputWeight.value, weight: $0.weight.value,
        bias: $0.inputBias.value + $0.bias.value
      )
    }
    return lstmStack(
      x, layers: parameters, hidden: state?.hidden ?? zeros, cell: state?.cell ?? zeros
    ).map { ($0.states, State(hidden: $0.hidden, cell: $0.cell)) }
  }
}
