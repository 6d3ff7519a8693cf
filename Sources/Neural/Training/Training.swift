internal import Tensors
public import WeightFiles

/// The course of a task: its steps, those that are passed over, and its checkpoints.
public final class Training<Task: TrainingTask> {
  public let task: Task
  /// Steps until now, those passed over included.
  public private(set) var count = 0
  /// Steps passed over because they diverged.
  public private(set) var skipped = 0
  /// The best validation until now.
  public private(set) var best: (score: Float, step: Int)?

  /// Whether the last step diverged.
  public var isDiverging: Bool { skippedInARow > 0 }

  private let tolerance: Int
  private var skippedInARow = 0

  /// - Parameter tolerance: How many steps in a row may diverge.
  public init(_ task: Task, tolerance: Int = 10) {
    self.task = task
    self.tolerance = tolerance
  }

  /// Takes a step.
  ///
  /// Where it diverges, running statistics and notes become what they were before; what another
  /// learner was moved by in the same step, along a gradient that was finite, stays.
  ///
  /// - Returns: `nil` for a step that was passed over.
  /// - Throws: ``TrainingError/diverged(steps:last:)``, or what the task throws.
  public func step() throws -> TrainingRecord? {
    let statistics = task.learners.map(\.statistics)
    let notes = task.notes
    do {
      let record = try task.step(count)
      count += 1
      skippedInARow = 0
      return record
    } catch is DivergedStep {
      for (learner, before) in zip(task.learners, statistics) { learner.statistics = before }
      task.notes = notes
      count += 1
      skipped += 1
      skippedInARow += 1
      guard skippedInARow < tolerance else {
        throw TrainingError.diverged(steps: skippedInARow, last: count)
      }
      return nil
    }
  }

  /// Measures the networks, if the task can.
  ///
  /// - Returns: What was found, and whether it is the best until now.
  public func validate() throws -> (found: Validation, isBest: Bool)? {
    guard let found = try task.validation() else { return nil }
    let isBest = best.map { found.score > $0.score } ?? !found.score.isNaN
    if isBest { best = (found.score, count) }
    return (found, isBest)
  }

  /// Writes everything that is needed to go on; the file appears whole or not at all.
  public func save(checkpoint path: String) throws {
    var metadata = task.notes
    metadata["model"] = task.model
    metadata["step"] = String(count)
    metadata["skipped"] = String(skipped)
    if let best { metadata["best"] = "\(best.score) \(best.step)" }
    for learner in task.learners { metadata[learner.countName] = String(learner.optimizer.count) }
    try WeightFile.write(
      task.learners.flatMap(\.state), metadata: metadata, precision: .single, path: path)
  }

  /// Goes on where a checkpoint was written, as if there had been no break.
  ///
  /// - Throws: If it is of another task, or lacks something; nothing is changed then.
  public func resume(checkpoint path: String) throws(WeightError) {
    let file = try WeightFile(path: path)
    var metadata = file.metadata
    func number(_ name: String) -> Int? { metadata[name].flatMap { Int($0) } }
    guard let step = number("step"), metadata["model"] == task.model else {
      throw .unreadable(path: path, reason: "not a checkpoint of \(task.model)")
    }
    let details = task.learners.flatMap { $0.mismatches(file) }
    guard details.isEmpty else { throw .mismatch(path: path, details: details) }
    for learner in task.learners {
      try learner.restore(file, count: number(learner.countName) ?? step)
    }
    count = step
    skipped = number("skipped") ?? 0
    skippedInARow = 0
    let record = metadata["best"]?.split(separator: " ") ?? []
    best = record.count == 2 ? Float(record[0]).map { ($0, Int(record[1]) ?? 0) } : nil
    let own = ["model", "step", "skipped", "best"] + task.learners.map(\.countName)
    for name in own { metadata[name] = nil }
    task.notes = metadata
  }
}

/// Why a training run cannot go on.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
  case diverged(steps: Int, last: Int)

  public var description: String {
    switch self {
    case .diverged(let steps, let last):
      "training diverged: the loss or its gradient was not finite in \(steps) steps in a row, "
        + "the last of them step \(last)"
    }
  }
}
