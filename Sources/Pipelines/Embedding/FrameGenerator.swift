internal import MediaTypes

/// What makes the frames of a film, or a still, that are then marked.
protocol FrameGenerator: Sendable {
  /// Whether it has changed a frame so far, which a preview can show.
  var hasChanged: Bool { get }

  /// What becomes of the next frame; frames come in their order.
  mutating func frame(from source: Picture) throws -> Synthetic<Picture>

  /// Is called after the last frame and before the file gets its name.
  ///
  /// - Throws: ``PipelineError`` if there was nothing to do, so that no file is wanted.
  func finish() throws
}

/// Leaves frames as they are: to mark what was made elsewhere.
struct UnchangedFrames: FrameGenerator {
  let hasChanged = true

  func frame(from source: Picture) -> Synthetic<Picture> { Synthetic(source) }
  func finish() {}
}
