internal import Emotion
internal import Faces
internal import MediaTypes
internal import QRSteganography

/// Which emotion to give which faces, and how to write the file.
public struct EmotionChangeOptions: Sendable {
  /// By its name; the weights decide which there are.
  public var emotion: String
  /// How much of the change is made, 0…1.
  public var strength = 1.0
  /// `all`, `largest`, `central`, a number that counts from 0 at the left, a place `X,Y`, or a
  /// photograph of the person meant.
  public var face = "all"
  /// `oval`, `landmarks`, `parsing` or `bisenet`.
  public var mask = "oval"
  /// Weights of EmoDNN instead of the installed ones.
  public var emotionWeights: String?
  /// The mark and the output; its preview shows input, output and their difference.
  public var marking = EmbeddingOptions()

  public init(emotion: String) { self.emotion = emotion }
}

/// What was done to a file.
public struct EmotionChangeResult: Sendable {
  public let input: String
  public let output: String
  public let kind: MediaKind
  public let emotion: String
  public let strength: Double
  /// What marked the frames.
  public let model: String
  public let frames: Int
  /// Frames in which a face was found.
  public let framesWithFaces: Int
  /// Faces, each counted once for as long as it is followed.
  public let faces: Int
  /// From opening the input to the finished output.
  public let seconds: Double
  /// Decibels, of the mark alone, as ``EmbeddingResult/psnr``.
  public let psnr: Double
  public let qrVersion: Int
  /// What the new file could not keep, in sentences.
  public let remarks: [String]

  public var json: JSONValue {
    .object([
      ("input", .string(input)), ("output", .string(output)), ("kind", .string(kind.rawValue)),
      ("emotion", .string(emotion)), ("strength", .number(strength)), ("model", .string(model)),
      ("frames", .integer(frames)), ("framesWithFaces", .integer(framesWithFaces)),
      ("faces", .integer(faces)), ("seconds", .number(seconds.rounded(digits: 3))),
      ("psnr", .number(psnr.rounded(digits: 3))), ("qrVersion", .integer(qrVersion)),
    ])
  }

  /// The same for people.
  public var sentence: String {
    let amount = faces == 1 ? "1 face" : "\(faces) faces"
    let place = kind == .still ? "" : " in \(framesWithFaces) of \(frames) frames"
    return "\(output): \(amount) made \(emotion)\(place) and marked by \(model) in "
      + "\(seconds.rounded(digits: 1)) s"
  }
}

/// Gives the faces in a still or a film another emotion, and marks every frame.
///
/// - Parameters:
///   - input: A file, or `-` for a still on standard input.
///   - output: A file, or `-` for a PNG on standard output. The extension decides the format. The
///     file gets its name when it is complete; until then, one of that name stays as it is.
/// - Throws: What ``ExitStatus/init(for:)`` sorts, among it ``PipelineError/noFace(path:)`` if there
///   is no face in any frame, or `CancellationError`.
public func changeEmotion(
  _ input: String, to output: String, options: EmotionChangeOptions,
  models: ModelStore = .standard, progress: FrameProgress.Handler? = nil
) async throws -> EmotionChangeResult {
  let watch = Stopwatch()
  let emotion = try Emotion(asked: options.emotion)
  let choice = try FaceChoice(asked: options.face, in: models)
  let mask = try FaceMaskKind(asked: options.mask)
  guard 0...1 ~= options.strength else {
    throw PipelineError.wrongUse("--strength \(options.strength) is not in 0…1")
  }
  let made = try await markMedia(
    input, to: output,
    from: { kind in
      let changer = try models.emotionChanger(weights: options.emotionWeights)
      return EmotionGenerator(
        input: input, changer: changer, wanted: try changer.place(of: emotion),
        strength: Float(options.strength),
        faces: FollowedFaces(in: kind, choice: choice, detector: try models.faceDetector()),
        masks: try FaceMasks(mask, in: models))
    }, options: options.marking, models: models, progress: progress)
  if let path = options.marking.preview, let sample = made.outcome.sample {
    try writeComparison(of: sample.source, with: sample.marked.media, to: path)
  }
  return EmotionChangeResult(
    input: input, output: output, kind: made.kind, emotion: emotion.rawValue,
    strength: options.strength, model: made.model.name.rawValue,
    frames: made.outcome.statistics.frames, framesWithFaces: made.generator.framesWithFaces,
    faces: made.generator.identities.count, seconds: watch.seconds,
    psnr: made.outcome.statistics.psnr, qrVersion: made.code.version,
    remarks: made.outcome.remarks)
}

extension Emotion {
  /// The emotion that a user names.
  ///
  /// - Throws: ``PipelineError/wrongUse(_:)`` for anything else.
  init(asked name: String) throws(PipelineError) {
    guard let known = Emotion(rawValue: name) else {
      throw .wrongUse("there is no emotion \(name), only \(Emotion.allCases.words)")
    }
    self = known
  }
}

extension EmotionChanger {
  /// Where an emotion stands among those that the network knows.
  fileprivate func place(of emotion: Emotion) throws(PipelineError) -> Int {
    guard let place = emotions.firstIndex(of: emotion) else {
      throw .wrongUse(
        "the network was not trained for \(emotion.rawValue), only for \(emotions.words)")
    }
    return place
  }
}

extension [Emotion] {
  fileprivate var words: String { map(\.rawValue).joined(separator: ", ") }
}
