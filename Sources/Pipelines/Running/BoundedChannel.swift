internal import Synchronization

/// A queue between two tasks that holds no more than a few elements.
///
/// The sender is suspended while it is full, the receiver while it is empty. One task may send and
/// one may receive; what comes out is in the order of what went in.
final class BoundedChannel<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var end: Result<Void, any Error>?
    var sender: CheckedContinuation<Void, any Error>?
    var receiver: CheckedContinuation<Element?, any Error>?
  }

  private let state = Mutex(State())
  private let capacity: Int

  init(capacity: Int) {
    precondition(capacity > 0, "a channel must hold something")
    self.capacity = capacity
  }

  /// Adds an element once there is room.
  ///
  /// - Throws: What the channel was ended with, or `CancellationError` if it was ended at all.
  func send(_ element: Element) async throws {
    try await waitForRoom()
    let receiver = try state.withLock { state -> CheckedContinuation<Element?, any Error>? in
      if let end = state.end {
        try end.get()
        throw CancellationError()
      }
      guard let receiver = state.receiver else {
        state.elements.append(element)
        return nil
      }
      state.receiver = nil
      return receiver
    }
    receiver?.resume(returning: element)
  }

  /// The next element, or `nil` when the channel has ended and is empty.
  ///
  /// - Throws: What the channel was ended with, after the elements sent before.
  func next() async throws -> Element? {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (ready, sender) = state.withLock {
          state -> (Result<Element?, any Error>?, CheckedContinuation<Void, any Error>?) in
          if !state.elements.isEmpty {
            defer { state.sender = nil }
            return (.success(state.elements.removeFirst()), state.sender)
          }
          if let end = state.end { return (end.map { nil }, nil) }
          state.receiver = continuation
          return (nil, nil)
        }
        sender?.resume()
        if let ready { continuation.resume(with: ready) }
      }
    } onCancel: {
      finish(throwing: CancellationError())
    }
  }

  /// Ends the channel; only the first end counts.
  func finish(throwing error: (any Error)? = nil) {
    let end = error.map { Result<Void, any Error>.failure($0) } ?? .success(())
    let (sender, receiver) = state.withLock { state in
      state.end = state.end ?? end
      defer { (state.sender, state.receiver) = (nil, nil) }
      return (state.sender, state.receiver)
    }
    sender?.resume()
    receiver?.resume(with: end.map { nil })
  }

  private func waitForRoom() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isFree = state.withLock { state in
          if state.elements.count < capacity || state.end != nil { return true }
          state.sender = continuation
          return false
        }
        if isFree { continuation.resume() }
      }
    } onCancel: {
      finish(throwing: CancellationError())
    }
  }
}
