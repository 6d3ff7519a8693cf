internal import MediaTypes

/// What makes the frames of a film, or a still, that are then marked.
protocol FrameGenerator: Sendable {
  /// What becomes of the next frame; frames come in their order.
  mutating func frame(from source: Picture) throws -> Synthetic<Picture>
}

/// Leaves frames as they are: to mark what was made elsewhere.
struct UnchangedFrames: FrameGenerator {
  func frame(from source: Picture) -> Synthetic<Picture> { Synthetic(source) }
}
