internal import Tensors

/// The parameters of a recurrent layer, or of several on top of each other, in PyTorch's names: `weight_ih_l0`,
/// `bias_hh_l1_reverse`.
///
/// All begin as PyTorch's do: uniform between ±1 / √size.
struct RecurrentStack: Module {
  /// One direction of one layer.
  struct Direction {
    let suffix: String
    let isReversed: Bool
    let inputWeight, weight, inputBias, bias: Parameter
  }

  /// Directions by layer.
  let layers: [[Direction]]
  let size: Int

  /// - Parameter gates: How many times `size` outputs each product has.
  init(_ input: Int, _ size: Int, gates: Int, layers count: Int, bidirectional: Bool) {
    let initial = Parameter.Initial.uniform(bound: 1 / Float(size).squareRoot())
    layers = (0..<count).map { layer in
      (bidirectional ? [false, true] : [false]).map { isReversed in
        let given = layer == 0 ? input : size * (bidirectional ? 2 : 1)
        return Direction(
          suffix: "l\(layer)" + (isReversed ? "_reverse" : ""), isReversed: isReversed,
          inputWeight: Parameter([gates * size, given], initial),
          weight: Parameter([gates * size, size], initial),
          inputBias: Parameter([gates * size], initial), bias: Parameter([gates * size], initial))
      }
    }
    self.size = size
  }

  func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)] {
    layers.joined().flatMap {
      [
        ("weight_ih_\($0.suffix)", $0.inputWeight), ("weight_hh_\($0.suffix)", $0.weight),
        ("bias_ih_\($0.suffix)", $0.inputBias), ("bias_hh_\($0.suffix)", $0.bias),
      ]
    }
  }

  /// The layers, if they have one direction.
  var oneWay: [Direction]? {
    layers.allSatisfy { $0.count == 1 } ? layers.map { $0[0] } : nil
  }

  /// Runs every layer on what the one below gives, both directions side by side.
  ///
  /// - Parameter direction: Is given the number of the direction, itself and `[batch, steps, …]`.
  func run(_ x: Tensor, _ direction: (Int, Direction, Tensor) -> Tensor) -> Tensor {
    var (x, index) = (x, 0)
    for layer in layers {
      let states = layer.map { own in
        defer { index += 1 }
        return direction(index, own, x)
      }
      x = states.count == 1 ? states[0] : concatenated(states, axis: 2)
    }
    return x
  }

  /// Zeros, or the state of one direction out of `[directions, batch, size]`.
  func state(_ states: Tensor?, _ index: Int, batch: Int) -> Tensor {
    guard let states else { return Tensor(repeating: 0, shape: [batch, size]) }
    precondition(
      states.shape == [layers.joined().count, batch, size], "states of shape \(states.shape)")
    return states.sliced(index..<index + 1, axis: 0).reshaped([batch, size])
  }

  /// The state of a direction after its last step: of `[batch, steps, size]`.
  func last(_ states: Tensor, _ direction: Direction) -> Tensor {
    let steps = states.shape[1]
    let step = direction.isReversed ? 0 : steps - 1
    return states.sliced(step..<step + 1, axis: 1).reshaped([states.shape[0], size])
  }
}
