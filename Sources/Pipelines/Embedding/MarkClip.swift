internal import Media
internal import MediaTypes

/// Marks a film while it is decoded and encoded.
///
/// Three stages overlap: a thread decodes ahead, a task marks, the caller's task encodes. Between
/// them wait at most a few frames, so memory does not grow with the film. An error in one stage, or
/// cancellation, ends all three, and nothing of the output is left.
func markClip(
  _ reader: MediaReader, to writer: MediaWriter, by marker: ClipMarker,
  progress: FrameProgress.Handler?
) async throws -> MarkedFrames {
  let expected = reader.frameCountEstimate
  let items = reader.items(ahead: 4)
  let channel = BoundedChannel<MediaItem>(capacity: 4)
  let watch = Stopwatch()
  var result = try await withThrowingTaskGroup(of: MarkedFrames.self) { group in
    group.addTask {
      do {
        let marked = try await mark(items, by: marker, into: channel)
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
    return try await group.next() ?? MarkedFrames()
  }
  result.remarks = writer.remarks
  return result
}

private func mark(
  _ items: MediaItems, by marker: ClipMarker, into channel: BoundedChannel<MediaItem>
) async throws -> MarkedFrames {
  var marker = marker
  var result = MarkedFrames()
  for try await item in items {
    guard case .picture(let cover) = item else {
      try await channel.send(item)
      continue
    }
    var marked = cover
    marker.mark(&marked)
    result.count(cover: cover, marked: marked)
    try await channel.send(.picture(marked))
  }
  return result
}
