internal import Media
internal import MediaTypes

/// Generates and marks a film while it is decoded and encoded.
///
/// Three stages overlap: a thread decodes ahead, a task generates and marks, the caller's task
/// encodes. Between them wait at most a few frames, so memory does not grow with the film. An error
/// in one stage, or cancellation, ends all three, and nothing of the output is left.
func markClip(
  _ reader: MediaReader, to writer: MarkedWriter, from generator: some FrameGenerator,
  by marker: ClipMarker, progress: FrameProgress.Handler?
) async throws -> MarkingOutcome {
  let expected = reader.frameCountEstimate
  let items = reader.items(ahead: 4)
  let channel = BoundedChannel<MarkedItem>(capacity: 4)
  let watch = Stopwatch()
  var result = try await withThrowingTaskGroup(of: MarkingOutcome.self) { group in
    group.addTask {
      do {
        let marked = try await mark(items, from: generator, by: marker, into: channel)
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
    return try await group.next() ?? MarkingOutcome()
  }
  result.remarks = writer.remarks
  return result
}

private func mark(
  _ items: MediaItems, from generator: some FrameGenerator, by marker: ClipMarker,
  into channel: BoundedChannel<MarkedItem>
) async throws -> MarkingOutcome {
  var (generator, marker) = (generator, marker)
  var result = MarkingOutcome()
  for try await item in items {
    switch item {
    case .packet(let packet):
      try await channel.send(.packet(packet))
    case .picture(let source):
      let marked = marker.mark(try generator.frame(from: source))
      if result.sample == nil { result.sample = (source, marked) }
      try await channel.send(.picture(marked))
    }
  }
  result.statistics = marker.statistics
  return result
}
