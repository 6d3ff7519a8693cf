import Foundation
import Neural
import Tensors
import Testing

@testable import Pipelines

private struct Line: Module {
  let slope = Parameter([1], .constant(0))
}

/// Finds the slope of a line; `scores` are what validations find, one after the other.
private final class Slope: TrainingTask {
  let model = "slope"
  let line = Line()
  let learners: [Learner]
  let curves = [
    TrainingCurve("loss", label: "loss"),
    TrainingCurve("score", of: .validations, label: "score in %", scale: 100),
  ]
  var scores: [Float]
  var divergesFrom: Int
  /// Seconds that a step takes besides.
  var pause = 0.0

  init(scores: [Float] = [], divergesFrom: Int = .max) {
    self.scores = scores
    self.divergesFrom = divergesFrom
    line.initialize(seed: 1)
    learners = [Learner(line, Adam(), rate: 0.1)]
  }

  func step(_ number: Int) throws -> TrainingRecord {
    guard number < divergesFrom else { throw DivergedStep() }
    if pause > 0 { Thread.sleep(forTimeInterval: pause) }
    let error = line.slope.value - Float(3)
    let loss = (error * error).sum()
    try learners[0].minimize(loss)
    return TrainingRecord(["loss": loss.scalar], remark: ("remark", "a, \"b\""))
  }

  func validation() throws -> Validation? {
    scores.isEmpty ? nil : Validation(score: scores[0], ["score": scores.removeFirst()])
  }

  func writeWeights(into folder: String) throws {
    try "\(learners[0].optimizer.count)".write(
      toFile: "\(folder)/weights", atomically: true, encoding: .utf8)
  }
}

@Suite final class `The folder of a training run` {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "palimpsest-\(UUID().uuidString)").path

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult
  private func run(
    _ task: Slope, resumes: Bool = false, steps: Int, patience: Int? = nil, interval: Int? = nil,
    minutes: Double? = nil
  ) throws -> [String] {
    var limits = TrainingLimits(steps: steps)
    (limits.patience, limits.validationInterval) = (patience, interval)
    limits.minutes = minutes
    limits.checkpointInterval = 4
    var reports: [String] = []
    try withoutActuallyEscaping({ reports.append($0) }) { report in
      var run = try TrainingRun(
        task, folder: folder, resumes: resumes, limits: limits, report: report)
      try run.run()
    }
    return reports
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  private func stepsInLog(_ name: String = "log.csv") throws -> [String] {
    try text(name).split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
  }

  @Test func `has a line per step, the curves and the weights`() throws {
    let reports = try run(Slope(), steps: 6)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
        "checkpoint.safetensors", "curves.svg", "log.csv", "weights",
      ])
    let lines = try text("log.csv").split(separator: "\n")
    #expect(lines[0] == "step,loss,remark")
    #expect(lines[1] == "1,9.0,\"a, \"\"b\"\"\"")
    #expect(try stepsInLog() == ["1", "2", "3", "4", "5", "6"])
    #expect(try text("weights") == "6")
    #expect(try text("curves.svg").contains("<polyline"))
    #expect(reports.last == "\(folder) holds the results of 6 steps")
  }

  @Test func `is the same after a break, even where lines were written after the checkpoint`()
    throws
  {
    try run(Slope(), steps: 10)
    let whole = try text("log.csv")
    let checkpoint = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/checkpoint.safetensors"))
    try run(Slope(), steps: 5)
    let kept = try text("log.csv")
    try (kept + "6,1.0,lost\n7,1").write(
      toFile: "\(folder)/log.csv", atomically: true, encoding: .utf8)
    try run(Slope(), resumes: true, steps: 10)
    #expect(try text("log.csv") == whole)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/checkpoint.safetensors"))
        == checkpoint)
  }

  @Test func `is that of the best validation, and the run ends when nothing better comes`() throws {
    let scores: [Float] = [0.1, 0.4, 0.3, 0.4, 0.5]
    let reports = try run(Slope(scores: scores), steps: 100, patience: 2, interval: 3)
    #expect(try stepsInLog("validation.csv") == ["3", "6", "9", "12"])
    #expect(try text("weights") == "6")
    #expect(try stepsInLog().count == 12)
    #expect(reports.last?.hasSuffix("of 12 steps, when it got no better") == true)
    #expect(reports.contains("validation after step 6, score in % 40.0, the best"))
    #expect(try text("curves.svg").contains("score in %"))
  }

  @Test func `counts validations before a break, too`() throws {
    try run(Slope(scores: [0.4, 0.3]), steps: 6, patience: 2, interval: 3)
    try run(Slope(scores: [0.2, 0.1]), resumes: true, steps: 100, patience: 2, interval: 3)
    #expect(try stepsInLog("validation.csv") == ["3", "6", "9"])
    #expect(try text("weights") == "3")
  }

  @Test func `is measured once more at the end`() throws {
    try run(Slope(scores: [0.1, 0.2]), steps: 5, interval: 3)
    #expect(try stepsInLog("validation.csv") == ["3", "5"])
    #expect(try text("weights") == "5")
  }

  @Test func `goes on until the minutes are over`() throws {
    let task = Slope()
    task.pause = 0.02
    let reports = try run(task, steps: 10, minutes: 0.1)
    #expect(reports.last == "\(folder) holds the results of 10 steps")
  }

  @Test func `draws means of its figures in the units of their labels`() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let curve = TrainingCurve("share", label: "share in %", scale: 100)
    var log = try TrainingLog(path: "\(folder)/log.csv", curves: [curve], after: 0)
    for step in 1...2000 { try log.add(step: step, [("share", step % 2 == 0 ? 0.25 : 0.75)]) }
    let drawn = log.drawn[0]
    #expect(drawn.count == 1000)
    #expect(drawn.allSatisfy { $0.y == 50 } && drawn[1].x == 4)
  }

  @Test func `ends when the time is over`() throws {
    let reports = try run(Slope(), steps: 100, minutes: 0)
    #expect(reports == ["\(folder) holds the results of 0 steps, when the time was over"])
    #expect(try text("weights") == "0")
  }

  @Test func `keeps the checkpoint from before a divergence`() throws {
    #expect(throws: PipelineError.self) { try run(Slope(divergesFrom: 5), steps: 100) }
    #expect(try stepsInLog() == ["1", "2", "3", "4", "5"])
    #expect(try text("weights") == "4")
    try run(Slope(), resumes: true, steps: 6)
    #expect(try stepsInLog() == ["1", "2", "3", "4", "5", "6"])
  }
}
