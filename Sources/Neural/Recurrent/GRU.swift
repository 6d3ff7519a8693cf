public import Tensors

/// Gated recurrent units.
///
/// Source: Cho et al. 2014, arXiv:1406.1078, section 2.3, as PyTorch has it: the reset gate scales the candidate's
/// recurrent part after its product and bias. Parameters as PyTorch's.
public struct GRU: Module {
  private let stack: RecurrentStack

  /// - Parameters:
  ///   - size: Units of each layer and direction.
  ///   - layers: Each reads the states of the one below.
  ///   - bidirectional: Whether a second direction runs from the last step to the first.
  public init(_ input: Int, _ size: Int, layers: Int = 1, bidirectional: Bool = false) {
    stack = RecurrentStack(
      input, size, gates: 3, layers: layers, bidirectional: bidirectional)
  }

  /// Maps `[batch, steps, input]` to `[batch, steps, size]`, or twice the size where there are two directions.
  public func callAsFunction(_ x: Tensor) -> Tensor { run(x).output }

  /// The same, with the state after the last step of each direction.
  ///
  /// - Parameter state: Before the first step, `[layers · directions, batch, size]`; zeros by default.
  public func run(_ x: Tensor, from state: Tensor? = nil) -> (output: Tensor, state: Tensor) {
    var hiddens: [Tensor] = []
    let output = stack.run(x) { index, direction, x in
      let given = linear(
        x, weight: direction.inputWeight.value, bias: direction.inputBias.value)
      let states = gruSteps(
        given, weight: direction.weight.value, bias: direction.bias.value,
        hidden: stack.state(state, index, batch: x.shape[0]), reversed: direction.isReversed)
      hiddens.append(stack.last(states, direction))
      return states
    }
    return (output, stacked(hiddens, axis: 0))
  }
}
