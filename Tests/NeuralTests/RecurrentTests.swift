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

  @Test func `agree with their trace`() {
    let x = randomTensor("x", [2, 3, 4])
    func expect(_ layer: some Module, _ run: (Tensor) -> Tensor) {
      layer.initialize(seed: 1)
      let trace = traced { run(x) }
      expectClose(trace.result.array, run(x).array, tolerance: 1e-6)
      #expect(trace.operations.allSatisfy { $0.operation != nil })
    }
    let (lstm, gru) = (LSTM(4, 3, bidirectional: true), GRU(4, 3, bidirectional: true))
    expect(lstm) { lstm($0) }
    expect(gru) { gru($0) }
  }

  /// Without recording, the layers of one item work at the same time.
  @Test func `are the same without a tape`() {
    let lstm = LSTM(3, 21, layers: 3)
    lstm.initialize(seed: 1)
    let x = randomTensor("x", [1, 37, 3])
    let hidden = randomTensor("hidden", [3, 1, 21])
    let state = LSTM.State(hidden: hidden, cell: randomTensor("cell", [3, 1, 21]))
    let (output, end) = lstm.run(x, from: state)
    let other = withoutRecording { lstm.run(x, from: state) }
    expectClose(other.output.array, output.array, tolerance: 1e-6)
    expectClose(other.state.hidden.array, end.hidden.array, tolerance: 1e-6)
    expectClose(other.state.cell.array, end.cell.array, tolerance: 1e-6)
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
