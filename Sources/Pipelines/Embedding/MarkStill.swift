internal import Media
@_spi(Marking) internal import MediaTypes
internal import QRSteganography
internal import Tensors

/// Where a still goes, and how.
struct StillOutput {
  let path: String
  let format: StillFormat
  let settings: StillSettings

  /// - Throws: ``PipelineError`` if the path's extension is of no still format, or if options were
  ///   given that stills do not have.
  init(path: String, options: EmbeddingOptions) throws(PipelineError) {
    self.path = path
    guard options.codec == nil, options.preset == nil else {
      throw .wrongUse("--codec and --preset are for clips, but the input is a still")
    }
    if path == standardStreamName {
      format = .png
    } else if let known = StillFormat(path: path) {
      format = known
    } else {
      throw .unwritable(
        path: path,
        reason: "stills are written as png, jpg, webp, bmp and tif, by the name's extension")
    }
    guard options.quality == nil || [.jpeg, .webp].contains(format) else {
      throw .wrongUse("--quality means nothing to \(format.rawValue), which loses nothing")
    }
    settings = StillSettings(quality: options.quality)
  }

  func write(_ still: Marked<Picture>) throws {
    let picture = still.media
    if path == standardStreamName {
      try writeStandardOutput(
        try encodeStill(picture, as: format, settings: settings, name: "standard output"))
    } else {
      try writeStill(picture, to: path, settings: settings)
    }
  }
}

/// Generates a still and marks it with the first model whose mark can be read in it.
///
/// - Parameters:
///   - generator: Is afterwards as the picture left it.
///   - models: The models to try; the next is loaded only if one fails.
/// - Returns: The model used: the first, with a remark, where none can be read.
func markStill(
  _ source: Picture, from generator: inout some FrameGenerator, with code: QRCode,
  byFirstLegibleOf models: [() throws -> StegoModel], to output: StillOutput
) throws -> (outcome: MarkingOutcome, model: StegoModel) {
  let cover = try generator.frame(from: source).unmarked
  try generator.finish()
  var choice: (marked: Picture, model: StegoModel, isLegible: Bool)?
  for load in models where choice?.isLegible != true {
    let model = try load()
    var marked = cover
    let isLegible = try cancellable { model.mark(&marked, with: code) }
    if isLegible || choice == nil { choice = (marked, model, isLegible) }
  }
  guard let choice else { preconditionFailure("no model to mark with") }
  let marked = Marked(choice.marked)
  try output.write(marked)
  var outcome = MarkingOutcome()
  outcome.sample = (source, marked)
  if !choice.isLegible {
    outcome.remarks = ["\(output.path): the mark cannot be read in this picture"]
  }
  outcome.statistics.count(before: cover, after: choice.marked)
  return (outcome, choice.model)
}
