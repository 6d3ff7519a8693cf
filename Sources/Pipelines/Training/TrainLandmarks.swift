internal import Faces
internal import Neural

/// What the network that finds 68 points is trained on, for how long, and where the results go.
public struct LandmarkTrainingOptions: Sendable {
  /// A folder of people with `landmarks68.csv`.
  public var data: String
  public var run: TrainingRunOptions
  /// The length of the whole run, which the learning rate falls over.
  public var steps: Int?

  public init(data: String, run: TrainingRunOptions) {
    self.data = data
    self.run = run
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
  if let batch = options.run.batch { settings.batch = batch }
  if let rate = options.run.rate { settings.rate = rate }
  if let seed = options.run.seed { settings.seed = seed }
  try makeFolder(options.run.output)
  let folder = try LandmarkFolder(options.data) { LandmarkSample($0, landmarks: $1) }
  report(
    "\(folder.samples.count) faces to train on, \(folder.held.count) of other people, "
      + "\(folder.failures) left out")
  let trainer = LandmarkTrainer(samples: folder.samples, held: folder.held, settings: settings)
  var limits = TrainingLimits(steps: settings.steps)
  limits.validationInterval = 100
  try options.run.run(trainer, limits, report: report)
}
