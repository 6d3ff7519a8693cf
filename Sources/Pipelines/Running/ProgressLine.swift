internal import Foundation
internal import Synchronization

/// A line on the terminal that tells how far the work has come.
///
/// It goes to standard error, and only if that is a terminal.
public final class ProgressLine: Sendable {
  private let isShown: Bool
  private let lastShown = Mutex(-1.0)

  public init() {
    isShown = isatty(2) == 1
  }

  /// Shows the progress, at most ten times a second.
  public func show(_ progress: FrameProgress) {
    guard isShown else { return }
    let isDue = lastShown.withLock { last in
      guard progress.seconds - last >= 0.1 else { return false }
      last = progress.seconds
      return true
    }
    if isDue { write("\r\(Self.text(progress))\u{1B}[K") }
  }

  /// Shows a sentence instead.
  public func show(_ sentence: String) {
    if isShown { write("\r\(sentence)\u{1B}[K") }
  }

  /// Removes the line.
  public func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  static func text(_ progress: FrameProgress) -> String {
    let total = progress.framesExpected.map { " of \($0)" } ?? ""
    let rate = progress.framesPerSecond.rounded(digits: 1)
    let left = progress.secondsLeft.map { ", \(Int($0.rounded(.up))) s left" } ?? ""
    return "\(progress.framesDone)\(total) frames, \(rate) frames/s\(left)"
  }

  private func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}
