import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Recurrent layers` {
  /// The sizes that the oracle calls by these names.
  static let sizes: [(name: String, input: Int, size: Int)] = [
    ("", 3, 5), ("-one", 3, 5), ("-wide", 2, 19), ("-batch", 2, 3),
  ]

  private func flat(_ tensors: Tensor...) -> Tensor {
    concatenated(tensors.map { $0.reshaped([$0.count]) }, axis: 0)
  }

  @Test(arguments: sizes.indices)
  func `agree with PyTorch`(index: Int) throws {
    let (name, input, size) = Self.sizes[index]
    let (lstm, gru) = (LSTM(input, size), GRU(input, size))
    expectGolden(try Fixture("lstm" + name, in: .module), of: lstm, tolerance: 4e-6) {
      lstm($0[0])
    }
    expectGolden(try Fixture("gru" + name, in: .module), of: gru, tolerance: 4e-6) { gru($0[0]) }
  }

  @Test func `of two layers, both ways, from a state to a state agree with PyTorch`() throws {
    let lstm = LSTM(3, 4, layers: 2, bidirectional: true)
    expectGolden(try Fixture("lstm-both", in: .module), of: lstm, tolerance: 4e-6) {
      let (output, state) = lstm.run($0[0], from: .init(hidden: $0[1], cell: $0[2]))
      return flat(output, state.hidden, state.cell)
    }
    let gru = GRU(3, 4, layers: 2, bidirectional: true)
    expectGolden(try Fixture("gru-both", in: .module), of: gru, tolerance: 4e-6) {
      let (output, state) = gru.run($0[0], from: $0[1])
      return flat(output, state)
    }
  }

  @Test func `go on where they stopped`() {
    let lstm = LSTM(3, 5, layers: 2)
    lstm.initialize(seed: 1)
    let x = randomTensor("x", [2, 7, 3])
    let first = lstm.run(x.sliced(0..<4, axis: 1))
    let second = lstm.run(x.sliced(4..<7, axis: 1), from: first.state)
    let pieces = concatenated([first.output, second.output], axis: 1)
    expectClose(pieces.array, lstm(x).array, tolerance: 1e-6)
  }

  @Test func `have the gradients of their differences`() {
    let lstm = LSTM(3, 4, bidirectional: true)
    expectGradientsMatch(of: lstm, inputs: [[2, 4, 3]], seed: 1) { lstm($0[0]) }
    let gru = GRU(3, 4, layers: 2)
    expectGradientsMatch(of: gru, inputs: [[2, 4, 3]], seed: 1) { gru($0[0]) }
  }
}
