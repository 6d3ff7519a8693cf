internal import Media
internal import MediaTypes

/// Generates and marks a film while it is decoded and encoded.
///
/// Three stages overlap: a thread decodes ahead, a task generates and marks, the caller's task
/// encodes. Between them wait at most a few frames, so memory does not grow with the film. An error
/// in one stage, or cancellation, ends all three, and nothing of the output is left.
///
/// - Parameter generator: Is afterwards as the last frame left it.
func markClip<Generator: FrameGenerator>(
  _ reader: MediaReader, to writer: MarkedWriter, from generator: inout Generator,
  by marker: ClipMarker, progress: FrameProgress.Handler?
) async throws -> MarkingOutcome {
  let expected = reader.frameCountEstimate
  let items = reader.items(ahead: 4)
  let channel = BoundedChannel<MarkedItem>(capacity: 4)
  let watch = Stopwatch()
  let first = generator
  var result = try await withThrowingTaskGroup(of: (MarkingOutcome, Generator).self) { group in
    group.addTask {
      do {
        let marked = try await mark(items, from: first, by: marker, into: channel)
        channel.finish()
        return marked
      } catch {
        channel.finish(throwing: error)
        throw error
      }
    }
    var frames = 0
    do {
      while let item = try await channel.next() {
        try writer.write(item)
        guard case .picture = item else { continue }
        frames += 1
        progress?(
          FrameProgress(framesDone: frames, framesExpected: expected, seconds: watch.seconds))
      }
      try Task.checkCancellation()
      try writer.finish()
    } catch {
      channel.finish(throwing: error)
      writer.discard()
      throw error
    }
    return try await group.next() ?? (MarkingOutcome(), first)
  }
  generator = result.1
  result.0.remarks = writer.remarks
  return result.0
}

private func mark<Generator: FrameGenerator>(
  _ items: MediaItems, from generator: Generator, by marker: ClipMarker,
  into channel: BoundedChannel<MarkedItem>
) async throws -> (MarkingOutcome, Generator) {
  var (generator, marker) = (generator, marker)
  var result = MarkingOutcome()
  for try await item in items {
    switch item {
    case .packet(let packet):
      try await channel.send(.packet(packet))
    case .picture(let source):
      let isSample = !generator.hasChanged || result.sample == nil
      let marked = marker.mark(try generator.frame(from: source))
      if isSample { result.sample = (source, marked) }
      try await channel.send(.picture(marked))
    }
  }
  try generator.finish()
  result.statistics = marker.statistics
  return (result, generator)
}
