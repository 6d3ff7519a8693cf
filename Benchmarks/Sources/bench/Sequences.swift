import Neural
import Tensors

/// Networks of sequences; see `peers/sequences.py`.
let sequences =
  Workload.both("transformer", shapes: [[49, 1024]], trainingBatch: 1) {
    Transformer()
  } run: {
    $0($1[0])
  }
  + Workload.both("lstm", shapes: [[160, 40]], trainingBatch: 8) {
    LSTM(40, 256, layers: 3)
  } run: {
    $0($1[0])
  }

private struct Transformer: Module {
  let layers = (0..<24).map { _ in
    TransformerEncoderLayer(1024, heads: 16, inner: 4096, normalizesFirst: true)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
}
