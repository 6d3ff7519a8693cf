internal import Foundation
internal import Neural
internal import QRSteganography
internal import Synchronization

/// What to train on, for how long, and where the results go.
public struct TrainingOptions: Sendable {
  /// Folders with pictures and clips.
  public var data: [String]
  /// A folder for `NAME.safetensors`, `checkpoint.safetensors`, `log.csv` and `curves.svg`.
  public var output: String
  public var model = StegoModelName.forVideo.rawValue
  /// Goes on from the checkpoint in ``output``.
  public var resumes = false
  /// Weights to begin with instead of random ones.
  public var initial: String?
  /// Ends the run early.
  public var minutes: Double?
  /// The length of the whole run, which the learning rate falls over.
  public var steps: Int?
  public var batch: Int?
  public var rate: Float?
  public var seed: UInt64?
  /// The PSNR in dB that marks begin with, and the one they are to reach.
  public var firstTarget: Float?
  public var lastTarget: Float?
  /// Steps between checkpoints.
  public var checkpointInterval = 100

  public init(data: [String], output: String) {
    self.data = data
    self.output = output
  }
}

/// Trains a pair of steganography networks until the steps or minutes are over.
///
/// SIGINT or SIGTERM ends the run after the step at hand, with a checkpoint.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainStego(
  _ options: TrainingOptions, report: @Sendable (String) -> Void
) throws {
  let name = try StegoModelName(asked: options.model)
  var settings = StegoTrainingSettings(model: name)
  if let steps = options.steps { settings.steps = steps }
  if let batch = options.batch { settings.batch = batch }
  if let rate = options.rate { settings.rate = rate }
  if let seed = options.seed { settings.seed = seed }
  if let target = options.firstTarget { settings.firstTarget = target }
  if let target = options.lastTarget { settings.lastTarget = target }
  let folder = try MediaFolder(options.data)
  let run = try TrainingFolder(options.output, model: name)
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
  if options.resumes { try trainer.resume(checkpoint: run.checkpoint) }
  var log = try TrainingLog(path: run.log, continues: options.resumes)
  let watch = Stopwatch()
  StopRequest.listen()
  var last = 0
  while last < settings.steps, !StopRequest.isMade,
    watch.seconds < (options.minutes ?? .infinity) * 60
  {
    let step = trainer.step()
    last = step.step
    try log.add(step)
    if last % 10 == 0 { report(log.summary(seconds: watch.seconds)) }
    if last % options.checkpointInterval == 0 { try run.save(trainer, log) }
  }
  try run.save(trainer, log)
  report("\(run.weights) holds the weights after \(last) steps")
}

/// The files of a run.
private struct TrainingFolder {
  let checkpoint: String
  let weights: String
  let log: String
  private let curves: String

  init(_ path: String, model: StegoModelName) throws(PipelineError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: path, reason: "the folder cannot be made")
    }
    checkpoint = "\(path)/checkpoint.safetensors"
    weights = "\(path)/\(model.rawValue).safetensors"
    log = "\(path)/log.csv"
    curves = "\(path)/curves.svg"
  }

  func save(_ trainer: StegoTrainer, _ log: TrainingLog) throws {
    do {
      try trainer.save(checkpoint: checkpoint)
      try trainer.saveWeights(path: weights)
      try log.curves.write(toFile: curves, atomically: true, encoding: .utf8)
    } catch {
      throw PipelineError.unwritable(path: checkpoint, reason: sentence(for: error))
    }
  }
}

/// Whether the process was asked to stop.
enum StopRequest {
  private static let flag = Atomic<Bool>(false)

  static var isMade: Bool { flag.load(ordering: .relaxed) }

  /// Makes the first SIGINT or SIGTERM a request, and leaves the second to the system.
  static func listen() {
    _ = isMade  // so that the handler finds it made
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        StopRequest.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}
