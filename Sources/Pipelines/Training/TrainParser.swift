internal import Faces
internal import Neural

/// What the network that tells regions of faces apart is trained on, for how long, and where the
/// results go.
public struct ParserTrainingOptions: Sendable {
  /// A folder of portraits with pictures of their regions.
  public var data: String
  /// A folder of people with `landmarks68.csv`, for faces that are not portraits.
  public var landmarks: String?
  public var run: TrainingRunOptions
  /// The length of the whole run, which the learning rate falls over.
  public var steps: Int?

  public init(data: String, run: TrainingRunOptions) {
    self.data = data
    self.run = run
  }
}

/// Trains the network that tells skin, hair, nose, mouth and eyes apart; the last fifth of the portraits
/// is what it is measured on.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainParser(
  _ options: ParserTrainingOptions, report: @Sendable (String) -> Void
) throws {
  var settings = SegmentationTrainer.Settings()
  if let steps = options.steps { settings.steps = steps }
  if let batch = options.run.batch { settings.batch = batch }
  if let rate = options.run.rate { settings.rate = rate }
  if let seed = options.run.seed { settings.seed = seed }
  try makeFolder(options.run.output)
  let folder = try PortraitFolder(options.data, detector: ModelStore.standard.faceDetector())
  let people = try options.landmarks.map { path in
    try LandmarkFolder(path) { SegmentationSample($0, landmarks: $1) }
  }
  report(
    "\(folder.samples.count) portraits and \(people?.samples.count ?? 0) other faces to train on, "
      + "\(folder.held.count) other portraits, \(folder.failures + (people?.failures ?? 0)) left out"
  )
  let trainer = SegmentationTrainer(
    complete: folder.samples, partial: people?.samples ?? [], held: folder.held,
    settings: settings)
  var limits = TrainingLimits(steps: settings.steps)
  limits.validationInterval = 100
  try options.run.run(trainer, limits, report: report)
}
