import Foundation
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Adam's steps` {
  @Test(arguments: ["adam": Float(0), "adam-decay": 0.1])
  func `agree with PyTorch`(name: String, decay: Float) throws {
    let fixture = try Fixture(name, in: .module)
    let parameter = Parameter([4, 7], .constant(0))
    parameter.value = fixture["parameter.value"].tensor
    let adam = Adam([("value", parameter)], rate: 0.01, decay: decay)
    for step in 1...3 {
      adam.step([fixture["gradient.\(step)"].tensor])
      expectStep(step, adam, parameter, fixture)
    }
  }

  private func expectStep(_ step: Int, _ adam: Adam, _ parameter: Parameter, _ fixture: Fixture) {
    #expect(adam.count == step)
    for (key, tensor) in [("value", parameter.value)] + adam.state.map({ ($0.name, $0.tensor) }) {
      let golden = ["adam.first.value": "first", "adam.second.value": "second"][key] ?? key
      // 1 − 0.999 in single precision is 1.3e-5 off, which the correction of the second moment makes up for.
      expectClose(
        tensor.array, fixture["\(golden).\(step)"].values,
        tolerance: golden == "second" ? 2e-5 : 1e-6, "\(key) after \(step)")
    }
  }

  @Test func `go on after a checkpoint as if nothing had been`() throws {
    let fixture = try Fixture("adam", in: .module)
    let parameter = Parameter([4, 7], .constant(0))
    parameter.value = fixture["parameter.value"].tensor
    let before = Adam([("value", parameter)], rate: 0.01)
    for step in 1...2 { before.step([fixture["gradient.\(step)"].tensor]) }

    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try WeightFile.write(before.state, precision: .single, path: path)
    let after = Adam([("value", parameter)], rate: 0.01)
    after.restore(try WeightFile(path: path), count: before.count)
    after.step([fixture["gradient.3"].tensor])
    expectStep(3, after, parameter, fixture)
  }

  @Test func `leave tracked parameters alone`() {
    let norm = BatchNorm(2)
    norm.initialize(seed: 1)
    let adam = Adam(norm.parameters, rate: 1)
    adam.step([Tensor([1, 1], shape: [2]), Tensor([1, 1], shape: [2])])
    #expect(norm.weight.value.array == [0, 0])
    #expect(norm.running_mean.value.array == [0, 0])
    #expect(norm.running_var.value.array == [1, 1])
  }

  @Test func `are kept short by clipping to a common norm`() {
    let parts = [Tensor([3, 0], shape: [2]), Tensor([0, 4], shape: [1, 2])]
    let (short, norm) = clipped(parts, norm: 1)
    #expect(norm == 5)
    expectClose(short.flatMap(\.array), [0.6, 0, 0, 0.8], tolerance: 1e-6)
    expectClose(clipped(parts, norm: 6).gradients.flatMap(\.array), [3, 0, 0, 4], tolerance: 0)
  }
}

/// A name for a file in the temporary folder that nobody has.
func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
}
