import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

@testable import Neural

/// Two layers and a normalization.
private struct Perceptron: Module {
  let first, last: Linear
  let norm = BatchNorm(4)

  init(_ input: Int, _ output: Int) {
    first = Linear(input, 4)
    last = Linear(4, output)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { last(relu(norm(first(x)))) }
}

/// A generator and a discriminator with an optimizer each, one of them averaged.
private final class Duel: TrainingTask {
  let model: String
  let generator = Perceptron(3, 2)
  let discriminator = Perceptron(2, 1)
  let average = Perceptron(3, 2)
  let learners: [Learner]
  let divergence: Set<Int>
  let seed: UInt64
  var smoothed: Float = 0
  var scores: [Float] = []

  init(_ model: String = "duel", seed: UInt64 = 1, diverging: Set<Int> = []) {
    self.model = model
    self.seed = seed
    divergence = diverging
    generator.initialize(seed: seed)
    discriminator.initialize(seed: seed + 1)
    learners = [
      Learner(
        generator, name: "generator", Adam(), rate: 0.01, schedule: .warmUp(over: 3),
        average: average, averaging: 0.9),
      Learner(
        discriminator, name: "discriminator", RMSprop(momentum: 0.5), rate: 0.02, clipping: 0.5),
    ]
  }

  var notes: [String: String] {
    get { ["smoothed": String(smoothed)] }
    set { smoothed = newValue["smoothed"].flatMap { Float($0) } ?? 0 }
  }

  func step(_ number: Int) throws -> TrainingRecord {
    var random = SplitMix64(seed: seed &+ UInt64(number) &* 7919)
    func sample(_ columns: Int) -> Tensor {
      Tensor((0..<5 * columns).map { _ in random.normal() }, shape: [5, columns])
    }
    let (real, noise) = (sample(2) + 1, sample(3))
    return try BatchNorm.Mode.$current.withValue(.batch) {
      let fake = generator(noise)
      let judged = discriminator(fake.detached) - discriminator(real)
      smoothed = 0.5 * smoothed + 0.5 * judged.mean().scalar
      try learners[1].minimize(judged.mean())
      let loss = discriminator(fake).mean() * (divergence.contains(number) ? Float.nan : -1)
      let norm = try learners[0].minimize(loss)
      return TrainingRecord(["loss": loss.scalar, "smoothed": smoothed, "norm": norm])
    }
  }

  func validation() throws -> Validation? {
    scores.isEmpty ? nil : Validation(score: scores.removeFirst(), [:])
  }

  func writeWeights(into folder: String) throws {}

  var values: [[Float]] {
    (generator.parameters + discriminator.parameters + average.parameters)
      .map(\.parameter.value.array)
  }
}

@Suite struct `A training run` {
  @Test func `goes the same way each time, bit for bit, broken off or not`() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let diverging: Set = [1, 5]
    let whole = Training(Duel(diverging: diverging))
    var figures: [[Float]?] = []
    for _ in 0..<8 { figures.append(try whole.step()?.figures.map(\.value)) }
    #expect(figures.map { $0 == nil } == (0..<8).map(diverging.contains))

    let first = Training(Duel(diverging: diverging))
    for _ in 0..<4 { _ = try first.step() }
    try first.save(checkpoint: path)
    let second = Training(Duel(seed: 1, diverging: diverging))
    try second.resume(checkpoint: path)
    #expect(second.count == 4 && second.skipped == 1)
    for step in 4..<8 { #expect(try second.step()?.figures.map(\.value) == figures[step]) }
    #expect(second.task.values == whole.task.values)
    #expect(second.task.notes == whole.task.notes)
    for (a, b) in zip(second.task.learners, whole.task.learners) {
      #expect(a.optimizer.count == b.optimizer.count)
      #expect(a.optimizer.state.map(\.tensor.array) == b.optimizer.state.map(\.tensor.array))
    }
    #expect(second.skipped == 2)
  }

  @Test func `depends on the seed`() throws {
    let (a, b) = (Training(Duel()), Training(Duel(seed: 2)))
    #expect(try a.step()?.figures.map(\.value) != b.step()?.figures.map(\.value))
  }

  @Test func `passes over a step that diverges`() throws {
    let training = Training(Duel(diverging: [2]))
    for _ in 0..<2 { _ = try training.step() }
    let task = training.task
    let before = (task.generator.parameters.map(\.parameter.value.array), task.notes)
    let statistics = task.discriminator.norm.running_mean.value.array
    #expect(try training.step() == nil)
    #expect(task.generator.parameters.map(\.parameter.value.array) == before.0)
    #expect(task.discriminator.norm.running_mean.value.array == statistics)
    #expect(task.notes == before.1)
    #expect(training.count == 3 && training.skipped == 1)
    #expect(task.learners.map(\.optimizer.count) == [2, 3])
    #expect(try training.step() != nil)
  }

  @Test func `ends when too many steps in a row diverge`() throws {
    let training = Training(Duel(diverging: [0, 1, 3, 4, 5]), tolerance: 3)
    for _ in 0..<5 { _ = try training.step() }
    #expect(throws: TrainingError.diverged(steps: 3, last: 6)) { try training.step() }
  }

  @Test func `keeps the best validation`() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let training = Training(Duel())
    #expect(try training.validate() == nil)
    training.task.scores = [.nan, 1, 3, 2, 3]
    var isBest: [Bool?] = []
    for _ in 0..<5 {
      _ = try training.step()
      isBest.append(try training.validate()?.isBest)
    }
    #expect(isBest == [false, true, true, false, false])
    try training.save(checkpoint: path)
    let resumed = Training(Duel())
    try resumed.resume(checkpoint: path)
    #expect(resumed.best?.score == 3 && resumed.best?.step == 3)
  }

  @Test func `refuses the checkpoint of another task`() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Training(Duel()).save(checkpoint: path)
    let other = Training(Duel("another"))
    #expect(throws: WeightError.self) { try other.resume(checkpoint: path) }
    try WeightFile.write(
      Duel().learners[0].state, metadata: ["model": "duel", "step": "4"], precision: .single,
      path: path)
    let lacking = Training(Duel())
    #expect(throws: WeightError.self) { try lacking.resume(checkpoint: path) }
    #expect(lacking.count == 0)
  }

  @Test func `averages weights, faster at first`() throws {
    let training = Training(Duel())
    let task = training.task
    let start = task.generator.first.weight().array
    #expect(task.average.first.weight().array == start)
    _ = try training.step()
    let now = task.generator.first.weight().array
    let expected = zip(start, now).map { 0.1 * $0 + 0.9 * $1 }
    expectClose(task.average.first.weight().array, expected, tolerance: 1e-6)
  }
}
