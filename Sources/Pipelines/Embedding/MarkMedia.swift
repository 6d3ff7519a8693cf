internal import Media
internal import MediaTypes
internal import QRSteganography

/// How a file was made whose every frame is marked.
struct MarkedMedia<Generator: FrameGenerator>: Sendable {
  let kind: MediaKind
  let model: StegoModel
  let code: QRCode
  let outcome: MarkingOutcome
  /// As the last frame left it.
  let generator: Generator
}

/// Makes the frames of a still or a clip anew, marks and writes them.
///
/// - Parameters:
///   - input: A file, or `-` for a still on standard input.
///   - output: A file, or `-` for a PNG on standard output.
///   - prepared: Gives what makes the frames; it is asked when the input is known to be readable.
func markMedia<Generator: FrameGenerator>(
  _ input: String, to output: String, from prepared: (MediaKind) throws -> Generator,
  options: EmbeddingOptions, models: ModelStore, progress: FrameProgress.Handler?
) async throws -> MarkedMedia<Generator> {
  guard output != standardStreamName || !options.printsResult else {
    throw PipelineError.wrongUse("--json and -o - both want standard output")
  }
  let code = try QRCode(text: options.text)
  let asked = try options.model.map { (name) throws(PipelineError) in
    try StegoModelName(asked: name)
  }
  switch try OpenedMedia(path: input) {
  case .still(let picture):
    let settings = try StillOutput(path: output, options: options)
    let isFree = asked == nil && options.weights == nil
    let choices = isFree ? [.forStills, .forVideo] : [asked ?? .forStills]
    var generator = try prepared(.still)
    let (outcome, model) = try markStill(
      picture, from: &generator, with: code,
      byFirstLegibleOf: choices.map { name in
        { try models.model(name, weights: options.weights) }
      }, to: settings)
    return MarkedMedia(
      kind: .still, model: model, code: code, outcome: outcome, generator: generator)
  case .video(let reader):
    guard output != standardStreamName else {
      throw PipelineError.wrongUse("only stills can be written to standard output")
    }
    let settings = VideoSettings(
      codec: options.codec, quality: options.quality, preset: options.preset)
    let writer = try MarkedWriter(path: output, like: reader, settings: settings)
    var generator = try prepared(.video)
    let model = try models.model(asked ?? .forVideo, weights: options.weights)
    let outcome = try await markClip(
      reader, to: writer, from: &generator,
      by: ClipMarker(model: model, code: code, policy: options.policy), progress: progress)
    return MarkedMedia(
      kind: .video, model: model, code: code, outcome: outcome, generator: generator)
  }
}
