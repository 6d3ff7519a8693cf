import Foundation
import Neural
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct `Optimizers` {
  /// A rule under the name of its fixture.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let rule: any UpdateRule

    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "adam", rule: Adam()),
    Case(name: "adam-decay", rule: Adam(betas: (0.8, 0.99), decay: 0.1)),
    Case(name: "radam", rule: RAdam(decay: 0.1)),
    Case(name: "adabelief", rule: AdaBelief(epsilon: 1e-5, decay: 0.1)),
    Case(name: "lion", rule: Lion(decay: 0.1)),
    Case(name: "sgd", rule: GradientDescent(decay: 0.1)),
    Case(name: "sgd-momentum", rule: GradientDescent(momentum: .classical(0.9), decay: 0.1)),
    Case(name: "sgd-nesterov", rule: GradientDescent(momentum: .nesterov(0.9))),
    Case(name: "rmsprop", rule: RMSprop(smoothing: 0.95, momentum: 0.9, decay: 0.1)),
  ]

  @Test(arguments: cases) func `agree with the originals over ten steps`(_ golden: Case) throws {
    let fixture = try Fixture("optimizer-\(golden.name)", in: .module)
    let parameter = parameter(fixture)
    let optimizer = Optimizer(golden.rule, [("value", parameter)], rate: 0.01)
    let values = fixture["values"].tensor
    for step in 0..<10 {
      optimizer.step([gradient(step, fixture)])
      expectClose(
        parameter.value.array, values.sliced(step..<step + 1, axis: 0).array, tolerance: 1e-6,
        "\(golden.name) after \(step + 1)")
    }
    #expect(optimizer.count == 10)
    // PyTorch keeps no velocity where it has no momentum.
    for (name, moment) in optimizer.state where golden.name != "sgd" {
      let key = name.split(separator: ".")[1]
      // 1 − 0.999 in single precision is 1.3e-5 off, which the correction of the second moment makes up for.
      expectClose(
        moment.array, fixture[String(key)].values, tolerance: 2e-5, "\(name) of \(golden.name)")
    }
  }

  @Test(arguments: cases)
  func `go on after a checkpoint as if nothing had been`(_ golden: Case) throws {
    let fixture = try Fixture("optimizer-\(golden.name)", in: .module)
    let (whole, resumed) = (parameter(fixture), parameter(fixture))
    let before = Optimizer(golden.rule, [("value", whole)], rate: 0.01)
    for step in 0..<5 { before.step([gradient(step, fixture)]) }

    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try WeightFile.write(
      before.state + [("value", whole.value)], precision: .single, path: path)
    let file = try WeightFile(path: path)
    resumed.value = try #require(file["value"])
    let after = Optimizer(golden.rule, [("value", resumed)], rate: 0.01)
    try after.restore(file, count: before.count)
    for step in 5..<10 {
      before.step([gradient(step, fixture)])
      after.step([gradient(step, fixture)])
    }
    #expect(resumed.value.array == whole.value.array)
    #expect(after.state.map(\.tensor.array) == before.state.map(\.tensor.array))
  }

  @Test func `refuse a checkpoint of another rule or shape`() throws {
    let parameter = Parameter([2], .constant(0))
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let adam = Optimizer(Adam(), [("value", parameter)], rate: 1)
    try WeightFile.write(adam.state, precision: .single, path: path)
    let file = try WeightFile(path: path)
    #expect(throws: WeightError.self) {
      try Optimizer(Lion(), [("value", parameter)], rate: 1).restore(file, count: 1)
    }
    #expect(throws: WeightError.self) {
      try Optimizer(Adam(), [("value", Parameter([3], .constant(0)))], rate: 1)
        .restore(file, count: 1)
    }
  }

  @Test func `leave tracked parameters alone`() {
    let norm = BatchNorm(2)
    norm.initialize(seed: 1)
    let adam = Optimizer(Adam(), norm.parameters, rate: 1)
    adam.step([Tensor([1, 1], shape: [2]), Tensor([1, 1], shape: [2])])
    expectClose(norm.weight?.value.array ?? [], [0, 0], tolerance: 1e-6)
    #expect(norm.running_mean.value.array == [0, 0])
    #expect(norm.running_var.value.array == [1, 1])
  }

  private func parameter(_ fixture: Fixture) -> Parameter {
    let parameter = Parameter(fixture["value"].shape, .constant(0))
    parameter.value = fixture["value"].tensor
    return parameter
  }

  private func gradient(_ step: Int, _ fixture: Fixture) -> Tensor {
    fixture["gradients"].tensor.sliced(step..<step + 1, axis: 0).reshaped(fixture["value"].shape)
  }
}

@Suite struct `Gradients` {
  private let parts = [Tensor([3, 0], shape: [2]), Tensor([0, -4], shape: [1, 2])]

  @Test func `are kept short by clipping to a common norm`() {
    let (short, norm) = clipped(parts, norm: 1)
    #expect(norm == 5)
    expectClose(short.flatMap(\.array), [0.6, 0, 0, -0.8], tolerance: 1e-6)
    expectClose(clipped(parts, norm: 6).gradients.flatMap(\.array), [3, 0, 0, -4], tolerance: 0)
  }

  @Test func `are clipped as PyTorch clips them`() throws {
    let fixture = try Fixture("clipping", in: .module)
    func parts(_ name: String) -> [Float] {
      (0..<3).flatMap { fixture["\(name).\($0)"].values }
    }
    let given = (0..<3).map { fixture["gradient.\($0)"].tensor }
    for (name, limit) in [("short", 0.7), ("long", 100)] as [(String, Float)] {
      let (found, norm) = clipped(given, norm: limit)
      expectClose([norm], fixture["\(name).norm"].values, tolerance: 1e-6)
      expectClose(found.flatMap(\.array), parts(name), tolerance: 1e-6, name)
    }
    expectClose(clipped(given, value: 0.6).flatMap(\.array), parts("value"), tolerance: 1e-6)
  }

  @Test func `are kept small by clipping each element`() {
    #expect(clipped(parts, value: 3.5).flatMap(\.array) == [3, 0, 0, -3.5])
  }
}

@Suite struct `The mean of weights over steps` {
  @Test func `agrees with PyTorch, running statistics included`() throws {
    let fixture = try Fixture("averaging", in: .module)
    let (layer, average) = (BatchNorm(3), BatchNorm(3))
    for step in 0..<5 {
      for (name, parameter) in layer.parameters {
        parameter.value = fixture[name].tensor.sliced(step..<step + 1, axis: 0).reshaped([3])
      }
      average.move(towards: layer, keeping: step == 0 ? 0 : 0.8)
      for (name, parameter) in average.parameters {
        let expected = fixture["average.\(name)"].tensor.sliced(step..<step + 1, axis: 0)
        expectClose(
          parameter.value.array, expected.array, tolerance: 1e-6, "\(name) after \(step)")
      }
    }
  }
}

/// A name for a file in the temporary folder that nobody has.
func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
}
