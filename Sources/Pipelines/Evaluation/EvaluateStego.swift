internal import MediaTypes
internal import QRSteganography

/// What to measure a pair of networks on.
public struct EvaluationOptions: Sendable {
  /// A folder of pictures and clips.
  public var data: String
  /// `dense103` if the folder holds pictures, else `dense-fast`, unless one is named.
  public var model: String?
  /// A weight file instead of the installed one.
  public var weights: String?
  /// What is hidden; 16 bytes unless something else is asked for.
  public var text = "synthetic media!"
  /// At most so many pictures, and so many clips.
  public var limit: Int?
  /// Two-second pieces taken from each clip.
  public var piecesPerClip = 4
  /// How often the network looks at a clip.
  public var policy = MarkingPolicy()

  public init(data: String) {
    self.data = data
  }
}

/// The measures of a pair of networks.
public struct EvaluationResult: Sendable {
  let model: String
  let text: String
  let stills: StillEvaluation
  let clips: ClipEvaluation
  let seconds: Double

  /// What could not be used, in sentences.
  public var failures: [String] { stills.failures + clips.failures }
}

/// Marks pictures and clips, attacks them and reads them again.
///
/// For pictures the paper's table 4 (PSNR, code read, code read after noise of 0.02), then JPEG,
/// H.264, half size, brightness and cropping; for clips H.264 at three rates, over pieces of two
/// seconds, frame by frame and as a whole. Unmarked pictures, frames and pieces are read, too, and
/// count as false positives if anything is found.
public func evaluateStego(
  _ options: EvaluationOptions, models: ModelStore = .standard,
  progress: @Sendable (String) -> Void = { _ in }
) throws -> EvaluationResult {
  let watch = Stopwatch()
  let code = try QRCode(text: options.text)
  let folder = try MediaFolder([options.data])
  let name =
    try options.model.map { (name) throws(PipelineError) in try StegoModelName(asked: name) }
    ?? (folder.stills.isEmpty ? .forVideo : .forStills)
  let model = try models.model(name, weights: options.weights)
  let examiner = Examiner(model: model, code: code)
  var stills = StillEvaluation()
  let paths = folder.stills.prefix(options.limit ?? .max)
  for (index, path) in paths.enumerated() {
    progress("picture \(index + 1) of \(paths.count)")
    stills.add(path, examiner: examiner)
  }
  var clips = ClipEvaluation()
  let films = folder.clips.prefix(options.limit ?? .max)
  for (index, path) in films.enumerated() {
    progress("clip \(index + 1) of \(films.count)")
    clips.add(
      path, examiner: examiner, policy: options.policy, pieceLimit: options.piecesPerClip)
  }
  let result = EvaluationResult(
    model: name.rawValue, text: options.text, stills: stills, clips: clips, seconds: watch.seconds)
  guard !stills.rows.isEmpty || clips.pieces > 0 else {
    throw PipelineError.unreadable(
      path: options.data,
      reason: "nothing in it can be used, such as \(result.failures.first ?? "")")
  }
  return result
}
