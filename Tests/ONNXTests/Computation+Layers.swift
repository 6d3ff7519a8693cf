import Neural
import Tensors
import TestSupport

extension Computation {
  /// Layers, whose weights are constants of the model.
  static let layers: [Computation] = [
    layer("batch normalization", [2, 3, 4, 5]) {
      BatchNorm(3)
    } run: {
      $0($1)
    },
    layer("instance normalization", [2, 3, 4, 5]) {
      InstanceNorm(3, affine: true)
    } run: {
      $0($1)
    },
    layer("group normalization", [2, 6, 7]) {
      GroupNorm(groups: 2, channels: 6)
    } run: {
      $0($1)
    },
    layer("layer normalization", [2, 3, 4]) {
      LayerNorm(4)
    } run: {
      $0($1)
    },
    layer("root mean squares", [2, 3, 4]) {
      RMSNorm(4)
    } run: {
      $0($1)
    },
    layer("long memory", [2, 5, 3]) {
      LSTM(3, 4, layers: 2, bidirectional: true)
    } run: {
      let (output, state) = $0.run($1)
      return output.sum(axes: [1]).reshaped([2, 8])
        + concatenated(
          [state.cell.sliced(1..<2, axis: 0), state.hidden.sliced(3..<4, axis: 0)], axis: 2
        )
        .reshaped([2, 8])
    },
    layer("gated units", [2, 5, 3]) {
      GRU(3, 4, bidirectional: true)
    } run: {
      $0($1)
    },
    layer("attention", [2, 5, 8]) {
      MultiHeadAttention(8, heads: 2)
    } run: {
      $0($1, mask: AttentionMask.causal(5))
    },
    layer("a normalized weight", [1, 2, 9]) {
      Conv1D(2, 3, kernel: 3, reparametrization: .weightNorm())
    } run: {
      $0($1)
    },
    layer("a spectrally normalized weight", [2, 5]) {
      Linear(5, 4, reparametrization: .spectralNorm())
    } run: {
      $0($1)
    },
    layer("codes", [2, 3, 4]) {
      VectorQuantizer(codes: 6, size: 4)
    } run: {
      $0($1).vectors
    },
  ]

  /// A layer with seeded weights.
  static func layer<Layer: Module & SendableMetatype>(
    _ name: String, _ shape: [Int], _ make: @escaping @Sendable () -> Layer,
    run: @escaping @Sendable (Layer, Tensor) -> Tensor
  ) -> Computation {
    Computation(name, shape) { inputs in
      let layer = make()
      layer.initialize(seed: 8)
      for (name, parameter) in layer.parameters where name.contains("running") {
        parameter.value = parameter.value + 0.3 * randomTensor(name, parameter.shape)
      }
      return run(layer, inputs[0])
    }
  }
}
