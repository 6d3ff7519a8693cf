/// Whether operations are left out once their task is cancelled.
enum Cancellation {
  @TaskLocal static var isHeeded = false

  /// Whether the operation at hand is to be left out.
  static var isDue: Bool { isHeeded && Task.isCancelled }
}

/// Runs `body`, whose operations do nothing any more as soon as its task is cancelled.
///
/// Their results have the right size, hold zeros where nothing was written yet, and cost next to
/// nothing: what goes through many operations comes to its end within the time of the one at hand.
/// What they hold must not be used. Forms that buffers derive and keep are made all the same.
public func leavingOutCancelledWork<Result>(_ body: () throws -> Result) rethrows -> Result {
  try Cancellation.$isHeeded.withValue(true, operation: body)
}
