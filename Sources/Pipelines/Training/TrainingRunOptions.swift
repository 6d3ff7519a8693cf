internal import Neural

/// What every training run is told, whatever it trains; what is missing is as the recipe has it.
public struct TrainingRunOptions: Sendable {
  /// A folder for the weights, `checkpoint.safetensors`, `log.csv`, `curves.svg` and, where there is a
  /// validation, `validation.csv`.
  public var output: String
  /// Goes on from the checkpoint in ``output``.
  public var resumes = false
  /// Ends the run early.
  public var minutes: Double?
  /// Items per step.
  public var batch: Int?
  /// The optimizer's step width.
  public var rate: Float?
  public var seed: UInt64?

  public init(output: String) { self.output = output }

  /// Runs a task into the folder for the results.
  func run(
    _ task: some TrainingTask, _ limits: TrainingLimits, report: @Sendable (String) -> Void
  ) throws {
    var limits = limits
    limits.minutes = minutes
    try withoutActuallyEscaping(report) { report in
      var run = try TrainingRun(
        task, folder: output, resumes: resumes, limits: limits, report: report)
      try run.run()
    }
  }
}
