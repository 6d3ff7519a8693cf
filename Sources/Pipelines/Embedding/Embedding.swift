internal import MediaTypes
internal import QRSteganography

/// What to hide, with what, and how to write the file.
public struct EmbeddingOptions: Sendable {
  /// What a mark says unless something else is asked for.
  public static let standardText = "synthetic media"

  /// Any UTF-8 up to 134 bytes; up to 20 bytes make the most robust mark.
  public var text = standardText
  /// Unless another is named, `dense103` for stills, or `dense-fast` where that one's mark does not
  /// read, and `dense-fast` for clips.
  public var model: String?
  /// A weight file instead of the installed one.
  public var weights: String?
  /// The encoder of a clip, by FFmpeg's name.
  public var codec: String?
  /// On the scale of the encoder of a clip, or 1 to 100 for JPEG and WebP stills.
  public var quality: Int?
  /// The encoder's name for how much effort to make.
  public var preset: String?
  /// Where to draw the contact sheet: of a still, or of the first frame of a clip.
  public var preview: String?
  /// How often the network looks at a clip.
  public var policy = MarkingPolicy()
  /// Whether the caller prints the result on standard output, which then cannot take the picture.
  public var printsResult = false

  public init() {}
}

/// What was done to a file.
public struct EmbeddingResult: Sendable {
  public let input: String
  public let output: String
  public let kind: MediaKind
  public let model: String
  public let frames: Int
  /// From opening the input to the finished output.
  public let seconds: Double
  /// Decibels, of the marked pictures before they are encoded.
  ///
  /// From the mean squared difference over all pixels and over red, green and blue, averaged over
  /// the frames: over every frame of the first 32, and over every eighth from there on.
  public let psnr: Double
  public let qrVersion: Int
  /// What the new file could not keep, in sentences.
  public let remarks: [String]

  public var json: JSONValue {
    .object([
      ("input", .string(input)), ("output", .string(output)), ("kind", .string(kind.rawValue)),
      ("model", .string(model)), ("frames", .integer(frames)),
      ("seconds", .number(seconds.rounded(digits: 3))),
      ("psnr", .number(psnr.rounded(digits: 3))), ("qrVersion", .integer(qrVersion)),
    ])
  }

  /// The same for people.
  public var sentence: String {
    let amount = kind == .still ? "a still" : frames == 1 ? "1 frame" : "\(frames) frames"
    return "\(output): \(amount) marked by \(model) in \(seconds.rounded(digits: 1)) s, "
      + "\(psnr.rounded(digits: 1)) dB"
  }
}

/// Hides a code in a still or in every frame of a clip.
///
/// - Parameters:
///   - input: A file, or `-` for a still on standard input.
///   - output: A file, or `-` for a PNG on standard output. The extension decides the format. The
///     file gets its name when it is complete; until then, one of that name stays as it is.
/// - Throws: What ``ExitStatus/init(for:)`` sorts, or `CancellationError`.
public func embed(
  _ input: String, to output: String, options: EmbeddingOptions,
  models: ModelStore = .standard, progress: FrameProgress.Handler? = nil
) async throws -> EmbeddingResult {
  let watch = Stopwatch()
  let made = try await markMedia(
    input, to: output, from: { _ in UnchangedFrames() }, options: options, models: models,
    progress: progress)
  if let path = options.preview, let sample = made.outcome.sample {
    try writeContactSheet(
      cover: sample.source, marked: sample.marked.media, code: made.code, model: made.model,
      to: path)
  }
  return EmbeddingResult(
    input: input, output: output, kind: made.kind, model: made.model.name.rawValue,
    frames: made.outcome.statistics.frames, seconds: watch.seconds,
    psnr: made.outcome.statistics.psnr, qrVersion: made.code.version,
    remarks: made.outcome.remarks)
}
