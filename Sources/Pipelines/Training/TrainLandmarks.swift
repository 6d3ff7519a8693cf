internal import Faces
internal import Neural

/// What the network that finds 68 points is trained on, for how long, and where the results go.
public struct LandmarkTrainingOptions: Sendable {
  /// A folder of people with `landmarks68.csv`.
  public var data: String
  /// A folder for `landmarks68.safetensors`, `checkpoint.safetensors`, `log.csv`, `validation.csv`
  /// and `curves.svg`.
  public var output: String
  /// Goes on from the checkpoint in ``output``.
  public var resumes = false
  /// Ends the run early.
  public var minutes: Double?
  /// The length of the whole run, which the learning rate falls over.
  public var steps: Int?
  public var batch: Int?
  public var rate: Float?
  public var seed: UInt64?

  public init(data: String, output: String) {
    self.data = data
    self.output = output
  }
}

/// Trains the network that finds 68 points in faces; the last 40 people in alphabetical order are
/// what it is measured on.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainLandmarks(
  _ options: LandmarkTrainingOptions, report: @Sendable (String) -> Void
) throws {
  var settings = LandmarkTrainer.Settings()
  if let steps = options.steps { settings.steps = steps }
  if let batch = options.batch { settings.batch = batch }
  if let rate = options.rate { settings.rate = rate }
  if let seed = options.seed { settings.seed = seed }
  try makeFolder(options.output)
  let folder = try LandmarkFolder(options.data) { LandmarkSample($0, landmarks: $1) }
  report(
    "\(folder.samples.count) faces to train on, \(folder.held.count) of other people, "
      + "\(folder.failures) left out")
  let trainer = LandmarkTrainer(samples: folder.samples, held: folder.held, settings: settings)
  var limits = TrainingLimits(steps: settings.steps)
  limits.minutes = options.minutes
  limits.validationInterval = 100
  try withoutActuallyEscaping(report) { report in
    var run = try TrainingRun(
      trainer, folder: options.output, resumes: options.resumes, limits: limits, report: report)
    try run.run()
  }
}
