internal import Neural
internal import QRSteganography

/// What to train on, for how long, and where the results go.
public struct StegoTrainingOptions: Sendable {
  /// Folders with pictures and clips.
  public var data: [String]
  public var run: TrainingRunOptions
  public var model = StegoModelName.forVideo.rawValue
  /// Weights to begin with instead of random ones.
  public var initial: String?
  /// The length of the whole run, which the learning rate falls over.
  public var steps: Int?
  /// The PSNR in dB, of errors weighed by how well they are seen, that marks begin with, and the one
  /// they are to reach.
  public var firstTarget: Float?
  public var lastTarget: Float?
  /// Whether what the gradient needs is computed again instead of kept: less memory, more time.
  public var recomputes = false
  /// Steps between checkpoints.
  public var checkpointInterval = 100

  public init(data: [String], run: TrainingRunOptions) {
    self.data = data
    self.run = run
  }
}

/// Trains a pair of steganography networks until the steps or minutes are over.
///
/// SIGINT or SIGTERM ends the run after the step at hand, with a checkpoint.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainStego(
  _ options: StegoTrainingOptions, report: @Sendable (String) -> Void
) throws {
  let name = try StegoModelName(asked: options.model)
  var settings = StegoTrainingSettings(model: name)
  if let steps = options.steps { settings.steps = steps }
  if let batch = options.run.batch { settings.batch = batch }
  if let rate = options.run.rate { settings.rate = rate }
  if let seed = options.run.seed { settings.seed = seed }
  if let target = options.firstTarget { settings.firstTarget = target }
  if let target = options.lastTarget { settings.lastTarget = target }
  settings.recomputes = options.recomputes
  let folder = try MediaFolder(options.data)
  try makeFolder(options.run.output)  // a wrong name should not cost the decoding of the clips
  let pieces = ClipPieces(
    folder.clips, length: 5, perClip: 12, span: 300, byteLimit: 1_500_000_000)
  for failure in pieces.failures { report("left out \(failure)") }
  guard !folder.stills.isEmpty || !pieces.pieces.isEmpty else {
    throw PipelineError.unreadable(
      path: options.data.joined(separator: ", "), reason: "none of its clips can be decoded")
  }
  report("\(folder.stills.count) pictures, \(pieces.pieces.count) pieces of clips")
  let trainer = StegoTrainer(
    name, settings: settings,
    media: TrainingMedia(stills: folder.stills, pieces: pieces.pieces))
  if let path = options.initial { try trainer.begin(weightsPath: path) }
  var limits = TrainingLimits(steps: settings.steps)
  limits.checkpointInterval = options.checkpointInterval
  try options.run.run(trainer, limits, report: report)
}
