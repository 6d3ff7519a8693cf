internal import Dispatch
internal import Foundation
internal import Synchronization

extension MediaReader {
  /// The items of the file, decoded ahead on a thread of their own.
  ///
  /// At most `ahead` decoded items wait; then decoding does. It ends early when the iterator is
  /// dropped or its task cancelled. The reader must not be used otherwise from here on.
  public func items(ahead: Int = 4) -> MediaItems {
    MediaItems(ReadAhead(limit: ahead, source: self))
  }
}

/// The items of a media file as an asynchronous sequence, to be iterated once.
public struct MediaItems: AsyncSequence, Sendable {
  private let buffer: ReadAhead

  init(_ buffer: ReadAhead) {
    self.buffer = buffer
  }

  public func makeAsyncIterator() -> Iterator {
    buffer.start()
    return Iterator(buffer)
  }

  public final class Iterator: AsyncIteratorProtocol {
    private let buffer: ReadAhead

    init(_ buffer: ReadAhead) {
      self.buffer = buffer
    }

    deinit {
      buffer.cancel()
    }

    public func next() async throws -> MediaItem? {
      let buffer = buffer
      return try await withTaskCancellationHandler {
        try await buffer.next()
      } onCancel: {
        buffer.cancel()
      }
    }
  }
}

/// A queue of limited length between a decoding thread, which waits where it is full, and a task,
/// which is suspended where it is empty.
final class ReadAhead: Sendable {
  private struct State {
    var items: [MediaItem] = []
    var end: Result<Void, any Error>?  // once set, nothing more is added
    var waiting: CheckedContinuation<MediaItem?, any Error>?
    var isStarted = false
  }

  private let state = Mutex(State())
  private let free: DispatchSemaphore
  private nonisolated(unsafe) let source: MediaReader  // used by the decoding thread only

  init(limit: Int, source: MediaReader) {
    // Not given at once: a semaphore must not be released below the value it was made with.
    free = DispatchSemaphore(value: 0)
    for _ in 0..<max(limit, 1) { free.signal() }
    self.source = source
  }

  func start() {
    let isFirst = state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted
    }
    guard isFirst else { return }
    let thread = Thread { self.decode() }
    thread.name = "decode"
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func decode() {
    while true {
      free.wait()
      guard state.withLock({ $0.end == nil }) else { return }
      do {
        guard let item = try source.next() else { return finish(.success(())) }
        deliver(item)
      } catch {
        return finish(.failure(error))
      }
    }
  }

  private func deliver(_ item: MediaItem) {
    let waiting = state.withLock { state -> CheckedContinuation<MediaItem?, any Error>? in
      guard let waiting = state.waiting else {
        state.items.append(item)
        return nil
      }
      state.waiting = nil
      return waiting
    }
    if let waiting {
      free.signal()
      waiting.resume(returning: item)
    }
  }

  private func finish(_ end: Result<Void, any Error>) {
    let waiting = state.withLock { state in
      state.end = state.end ?? end
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume(with: end.map { nil })
  }

  /// Ends decoding; whoever waits, now or later, gets a `CancellationError`.
  func cancel() {
    state.withLock { $0.items = [] }
    finish(.failure(CancellationError()))
    free.signal()
  }

  func next() async throws -> MediaItem? {
    try await withCheckedThrowingContinuation { continuation in
      let ready = state.withLock { state -> Result<MediaItem?, any Error>? in
        if !state.items.isEmpty { return .success(state.items.removeFirst()) }
        if let end = state.end { return end.map { nil } }
        state.waiting = continuation
        return nil
      }
      guard let ready else { return }
      if case .success(.some) = ready { free.signal() }
      continuation.resume(with: ready)
    }
  }
}
