internal import Foundation
internal import Neural

/// A training run and its folder.
///
/// The folder gets the weights that ship, `checkpoint.safetensors`, `log.csv` with a line per step,
/// `validation.csv` if the task can measure itself, and `curves.svg`. Whatever ends the run, all are
/// written up to the last step; only divergence leaves the checkpoint of before. Where there are
/// validations, the weights that ship are those of the best.
struct TrainingRun<Task: TrainingTask> {
  private let training: Training<Task>
  private let folder: String
  private let limits: TrainingLimits
  private let report: (String) -> Void
  private var steps: TrainingLog
  private var validations: TrainingLog
  private let stepCurves: [TrainingCurve]
  private let validationCurves: [TrainingCurve]
  /// Of this part of the run: when it began, and the steps before.
  private let watch = Stopwatch()
  private let countBefore: Int
  private var lastReport = (seconds: -TrainingRun.reportInterval, points: 0)

  private static var reportInterval: Double { 5 }

  /// - Parameters:
  ///   - folder: Is made if need be.
  ///   - resumes: Whether to go on from the checkpoint in the folder.
  ///   - report: Is given a line now and then.
  init(
    _ task: Task, folder: String, resumes: Bool, limits: TrainingLimits,
    report: @escaping (String) -> Void
  ) throws {
    try makeFolder(folder)
    training = Training(task)
    if resumes { try training.resume(checkpoint: "\(folder)/checkpoint.safetensors") }
    self.folder = folder
    self.limits = limits
    self.report = report
    countBefore = training.count
    stepCurves = task.curves.filter { $0.source == .steps }
    validationCurves = task.curves.filter { $0.source == .validations }
    steps = try TrainingLog(path: "\(folder)/log.csv", curves: stepCurves, after: countBefore)
    validations = try TrainingLog(
      path: "\(folder)/validation.csv", curves: validationCurves, after: countBefore)
    lastReport.points = steps.points.count
  }

  /// Takes steps until a limit is reached, validations bring nothing better any more, or SIGINT or
  /// SIGTERM asks to stop; the step at hand is finished.
  mutating func run() throws {
    StopRequest.listen()
    var validated = training.count
    var end = end
    while end == nil {
      try step()
      if let interval = limits.validationInterval, training.count % interval == 0 {
        try validate()
        validated = training.count
      }
      end = self.end
      let isDue = training.count % limits.checkpointInterval == 0 && !training.isDiverging
      if isDue, end == nil { try save() }
    }
    if limits.validationInterval != nil, validated < training.count, end != .stopped {
      try validate()
    }
    try save()
    report("\(folder) holds the results of \(training.count) steps\(end?.remark ?? "")")
  }

  private enum End {
    case complete, late, stopped, noBetter

    var remark: String {
      switch self {
      case .complete: ""
      case .late: ", when the time was over"
      case .stopped: ", when it was stopped"
      case .noBetter: ", when it got no better"
      }
    }
  }

  /// Why the run is over, if it is.
  private var end: End? {
    if training.count >= limits.steps { return .complete }
    if StopRequest.isMade { return .stopped }
    if let minutes = limits.minutes, watch.seconds >= 60 * minutes { return .late }
    if let patience = limits.patience, let best = training.best {
      let since = validations.points.count { $0.step > best.step }
      if since >= patience { return .noBetter }
    }
    return nil
  }

  private mutating func step() throws {
    do {
      if let record = try training.step() {
        try steps.add(step: training.count, record.figures, remark: record.remark)
      } else {
        report("step \(training.count) diverged and was passed over")
      }
    } catch let error as TrainingError {
      throw PipelineError.wrongUse("\(error); a lower rate may help, and the checkpoint is kept")
    }
    guard watch.seconds >= lastReport.seconds + Self.reportInterval else { return }
    let pace = watch.seconds / Double(training.count - countBefore)
    report(
      "step \(training.count) of \(limits.steps)"
        + means(of: stepCurves, steps.points.dropFirst(lastReport.points))
        + ", \(pace.rounded(digits: 2)) s a step")
    lastReport = (watch.seconds, steps.points.count)
  }

  private mutating func validate() throws {
    guard let (found, isBest) = try training.validate() else { return }
    try validations.add(step: training.count, found.figures)
    if isBest { try writeWeights() }
    report(
      "validation after step \(training.count)"
        + means(of: validationCurves, validations.points.suffix(1)) + (isBest ? ", the best" : ""))
  }

  /// The means of some points in words.
  private func means(
    of curves: [TrainingCurve], _ points: ArraySlice<(step: Int, values: [Float])>
  ) -> String {
    curves.indices.map { index in
      let sum = points.reduce(0) { $0 + Double($1.values[index]) }
      let mean = Double(curves[index].scale) * sum / Double(max(1, points.count))
      return ", \(curves[index].label) \(mean.rounded(digits: 4))"
    }.joined()
  }

  private func save() throws {
    let path = "\(folder)/checkpoint.safetensors"
    try attempt(path) { try training.save(checkpoint: path) }
    if training.best == nil { try writeWeights() }
    let colors = ["#1f6feb", "#d1242f", "#1a7f37", "#8250df", "#bf8700", "#57606a"]
    let drawn = zip(stepCurves + validationCurves, steps.drawn + validations.drawn)
    let plot = Plot(
      title: "Training", xLabel: "step",
      curves: drawn.enumerated().map { index, curve in
        .init(
          label: curve.0.label, points: curve.1, color: colors[index % colors.count])
      })
    let curves = "\(folder)/curves.svg"
    try attempt(curves) { try plot.svg.write(toFile: curves, atomically: true, encoding: .utf8) }
  }

  private func writeWeights() throws {
    try attempt(folder) { try training.task.writeWeights(into: folder) }
  }

  private func attempt(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      throw PipelineError.unwritable(path: path, reason: sentence(for: error))
    }
  }
}

/// Makes the folder for the results of a run, if need be.
func makeFolder(_ path: String) throws(PipelineError) {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw .unwritable(path: path, reason: "the folder cannot be made")
  }
}
