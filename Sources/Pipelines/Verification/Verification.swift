internal import Media
internal import MediaTypes
internal import QRSteganography

/// With what to look for a mark, and where to report.
public struct VerificationOptions: Sendable {
  /// Both models are tried unless one is named.
  public var model: String?
  /// A weight file instead of the installed one, for the model named.
  public var weights: String?
  /// A folder for `index.html` and its pictures.
  public var report: String?

  public init() {}
}

/// What was found in a file.
public struct VerificationResult: Sendable {
  public enum Status: String, Sendable {
    case found
    case none
  }

  public let input: String
  public let kind: MediaKind
  public let status: Status
  /// What the mark says.
  public let text: String?
  /// Frames decoded.
  public let frames: Int
  /// Frames whose code reads alone, and says the same.
  public let framesRead: Int
  /// The probability that unmarked media agrees so well with a mark, times the number of readings
  /// and models tried; 1 if nothing was found, 0 if smaller than a `Double` can hold.
  public let pValue: Double
  /// The model whose mark was found.
  public let model: String?
  public let seconds: Double

  public var json: JSONValue {
    .object([
      ("input", .string(input)), ("kind", .string(kind.rawValue)),
      ("status", .string(status.rawValue)), ("text", .optional(text)), ("frames", .integer(frames)),
      ("framesRead", .integer(framesRead)), ("pValue", .number(pValue)),
      ("model", .optional(model)), ("seconds", .number(seconds.rounded(digits: 3))),
    ])
  }

  public var exitStatus: ExitStatus { status == .found ? .done : .nothingFound }

  /// The same for people.
  public var sentence: String {
    guard let text, let model else {
      return "\(input): no mark found in \(kind == .still ? "this still" : "\(frames) frames")"
    }
    let share = kind == .still ? "" : ", read in \(framesRead) of \(frames) frames"
    return "\(input): marked \"\(printable(text))\" by \(model)\(share); \(chance(pValue))"
  }
}

/// Looks for a mark in a still or in all frames of a clip.
///
/// Unless one model is asked for, all that are installed are tried. On clips `dense-fast` reads every frame, and `dense103` a few
/// until one of them has found something.
///
/// - Parameter input: A file, or `-` for a still on standard input.
/// - Throws: What ``ExitStatus/init(for:)`` sorts, or `CancellationError`.
public func verify(
  _ input: String, options: VerificationOptions, models store: ModelStore = .standard,
  progress: FrameProgress.Handler? = nil
) async throws -> VerificationResult {
  let watch = Stopwatch()
  guard options.weights == nil || options.model != nil else {
    throw PipelineError.wrongUse("--weights needs --model to say what they are the weights of")
  }
  let asked = try options.model.map { (name) throws(PipelineError) in
    try StegoModelName(asked: name)
  }
  func loaded(_ names: [StegoModelName]) throws -> [StegoModel] {
    if let asked { return [try store.model(asked, weights: options.weights)] }
    let installed = names.filter { store.hasWeights(of: $0) }
    return try (installed.isEmpty ? names : installed).map { try store.model($0, weights: nil) }
  }
  let finding: Finding
  let kind: MediaKind
  switch try OpenedMedia(path: input) {
  case .still(let picture):
    kind = .still
    finding = try readStillMark(picture, with: try loaded([.forStills, .forVideo]))
  case .video(let reader):
    kind = .video
    finding = try await readClipMark(
      reader, with: try loaded([.forVideo, .forStills]), progress: progress)
  }
  let result = VerificationResult(
    input: input, kind: kind, status: finding.best == nil ? .none : .found,
    text: finding.best?.text, frames: finding.frames, framesRead: finding.framesRead,
    pValue: finding.pValue, model: finding.best == nil ? nil : finding.model,
    seconds: watch.seconds)
  if let folder = options.report {
    try Report(result: result, finding: finding).write(to: folder)
  }
  return result
}

/// What was found, with what a report shows of it.
struct Finding: Sendable {
  var best: CodeReading?
  var frames: Int
  var framesRead: Int
  var pValue: Double
  var model: String
  /// Soft values over all frames.
  var soft: SoftCode
  /// Per frame, −log₁₀ of the probability that an unmarked frame agrees so well.
  var confidences: [(frame: Int, confidence: Float)]
  /// Frames that read alone, by what they say.
  var readings: [String: Int]
  var strip: FrameStrip
}

private func readStillMark(_ picture: Picture, with models: [StegoModel]) throws -> Finding {
  let reader = CodeReader()
  var findings: [Finding] = []
  for model in models {
    let soft = model.softCode(of: picture)
    let reading = reader.read(soft, effort: .thorough)
    findings.append(
      Finding(
        best: reading, frames: 1, framesRead: reading == nil ? 0 : 1,
        pValue: reading.map { min(1, $0.pValue * Double(models.count)) } ?? 1,
        model: model.name.rawValue, soft: soft, confidences: [],
        readings: reading.map { [$0.text: 1] } ?? [:], strip: FrameStrip()))
  }
  var finding = findings.min { $0.pValue < $1.pValue } ?? findings[0]
  try finding.strip.add(picture)
  return finding
}

private func readClipMark(
  _ reader: MediaReader, with models: [StegoModel], progress: FrameProgress.Handler?
) async throws -> Finding {
  var reading = ClipReading(models: models)
  var strip = FrameStrip()
  let expected = reader.frameCountEstimate
  let watch = Stopwatch()
  for try await item in reader.items(ahead: 4) {
    guard case .picture(let picture) = item else { continue }
    reading.add(picture)
    try strip.add(picture)
    progress?(
      FrameProgress(
        framesDone: reading.frames, framesExpected: expected, seconds: watch.seconds))
  }
  try Task.checkCancellation()
  reading.finish()
  return Finding(
    best: reading.search.best, frames: reading.frames, framesRead: reading.search.framesRead,
    pValue: reading.search.best == nil ? 1 : reading.pValue, model: reading.model.name.rawValue,
    soft: reading.search.total, confidences: reading.search.confidences,
    readings: reading.search.readings, strip: strip)
}
