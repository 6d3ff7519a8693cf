/// How far a pass over a file has come.
public struct FrameProgress: Sendable {
  public typealias Handler = @Sendable (FrameProgress) -> Void

  public let framesDone: Int
  /// From what the file says of itself; `nil` if it says nothing.
  public let framesExpected: Int?
  /// Since the beginning.
  public let seconds: Double

  public var framesPerSecond: Double { seconds > 0 ? Double(framesDone) / seconds : 0 }

  public var secondsLeft: Double? {
    guard let framesExpected, framesPerSecond > 0 else { return nil }
    return Double(max(0, framesExpected - framesDone)) / framesPerSecond
  }
}

/// Seconds since a moment.
struct Stopwatch: Sendable {
  private let start = ContinuousClock.now

  var seconds: Double {
    let passed = ContinuousClock.now - start
    return Double(passed.components.seconds) + Double(passed.components.attoseconds) * 1e-18
  }
}
