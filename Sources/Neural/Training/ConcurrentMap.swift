internal import Dispatch
internal import Foundation

/// The results of `body` for each index below `count`, found on all cores: for the parts of a batch.
public func concurrentMap<Result: Sendable>(
  _ count: Int, _ body: @Sendable (Int) -> Result
) -> [Result] {
  let results = Collector<Result>()
  DispatchQueue.concurrentPerform(iterations: count) { results.put(body($0), at: $0) }
  return results.inOrder
}

private final class Collector<Result: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var results: [Int: Result] = [:]

  func put(_ result: Result, at index: Int) { lock.withLock { results[index] = result } }
  var inOrder: [Result] { lock.withLock { results.sorted { $0.key < $1.key }.map(\.value) } }
}
