import Kernels
import Tensors
import TestSupport
import Testing

@testable import Neural

@Suite struct `Memory` {
  /// Twelve convolutions that keep the size.
  private struct Stack: Module {
    let layers: [Conv2D]

    init() {
      layers = (0..<12).map { _ in Conv2D(16, 16, kernel: 3) }
      initialize(seed: 1)
    }

    func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }
  }

  @Test func `of inference is that of what is alive`() {
    let (stack, picture) = (Stack(), randomTensor("picture", [1, 16, 160, 192]))
    let map = 4 * picture.count
    let inference = measuringMemory { withoutRecording { stack(picture) } }.peakBytes
    let training = measuringMemory { stack(picture) }.peakBytes
    // What a layer reads and writes; then its scratch memory and all packed weights.
    #expect(inference < 3 * map, "\(inference) bytes, \(map) a map")
    #expect(training > 12 * map, "\(training) bytes, \(map) a map")
  }

  @Test func `is counted for the task at hand alone, until it is given back`() {
    let before = Buffer(count: 1 << 16)
    let (_, peak) = measuringMemory {
      for _ in 0..<3 { _ = Buffer(count: 1 << 16) }
    }
    #expect(peak == 4 << 16)
    #expect(before.count == 1 << 16)
  }
}

@Suite struct `Recomputation` {
  private let design = FCDenseNet.Design(
    input: 3, output: 2, first: 16, growth: 16, down: [2, 3], bottom: 3)

  private func network() -> FCDenseNet {
    let network = FCDenseNet(design)
    network.initialize(seed: 4)
    return network
  }

  /// The output, all gradients and what the module keeps of its own.
  private func results(
    of module: some Module, _ input: Tensor, _ pass: (Tensor) -> Tensor
  ) -> [[Float]] {
    let input = input.variable
    let output = BatchNorm.Mode.$current.withValue(.batch) { pass(input) }
    let back = gradients(
      of: (output * output).mean(), with: [input] + module.trained.map(\.value))
    return [output.array] + back.map(\.array)
      + module.parameters.filter { $0.parameter.role == .tracked }.map(\.parameter.value.array)
  }

  private func expectEqual(_ found: [[Float]], _ expected: [[Float]]) {
    #expect(found.count == expected.count)
    for (index, (a, b)) in zip(found, expected).enumerated() {
      expectClose(a, b, tolerance: 1e-6, "result \(index)")
    }
  }

  @Test func `of a dense network changes nothing but the memory it takes`() {
    let picture = randomTensor("picture", [2, 3, 48, 64])
    let (kept, made) = (network(), network())
    let whole = measuringMemory { results(of: kept, picture) { kept($0) } }
    let saving = measuringMemory { results(of: made, picture) { made($0, recomputing: true) } }
    expectEqual(saving.result, whole.result)
    #expect(
      Double(saving.peakBytes) < 0.9 * Double(whole.peakBytes),
      "\(saving.peakBytes) bytes instead of \(whole.peakBytes)")
  }

  /// A layer whose pass changes what the next one finds.
  private struct Normalized: Module {
    let layer = Linear(5, 4, reparametrization: .spectralNorm())
    let norm = BatchNorm(4)

    func callAsFunction(_ x: Tensor) -> Tensor { norm(layer(x)) }
  }

  @Test func `finds the state that the first run found, and leaves the last`() {
    let input = randomTensor("input", [6, 5])
    let (kept, made) = (Normalized(), Normalized())
    for module in [kept, made] { module.initialize(seed: 7) }
    // The first of two passes is recomputed when the second has changed the state.
    let expected = results(of: kept, input) { kept($0) + kept($0 * 2) }
    let found = results(of: made, input) { x in
      [x, x * 2].map { recomputed([$0], through: [made]) { made($0[0]) } }.reduce(
        Tensor(repeating: 0, shape: [1]), +)
    }
    expectEqual(found, expected)
  }

  @Test func `can be differentiated again`() {
    let layer = Linear(4, 3)
    layer.initialize(seed: 2)
    let start = randomTensor("input", [5, 4])
    func penalty(_ pass: (Tensor) -> Tensor) -> [[Float]] {
      let input = start.variable
      let first = gradients(of: pass(exp(input)).sum(), with: [input], recording: true)[0]
      return gradients(
        of: (first * first).sum(), with: [input] + layer.trained.map(\.value)
      ).map(\.array)
    }
    let expected = penalty { sigmoid(layer($0)) }
    expectEqual(
      penalty { recomputed([$0], through: [layer]) { sigmoid(layer($0[0])) } }, expected)
  }
}
