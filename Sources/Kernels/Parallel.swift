internal import CKernels
internal import COneDNN
internal import COpenBLAS
internal import Dispatch
internal import Foundation

/// The number of threads that one operation is divided over.
///
/// Every division of work is the engine's own; oneDNN and OpenBLAS are called with one thread each.
public let threadCount: Int = {
  openblas_set_num_threads(1)
  return max(1, ProcessInfo.processInfo.activeProcessorCount)
}()

/// Runs `body` for each index below `count`, several at a time; for none if the task is cancelled
/// and heeds it.
func parallel(_ count: Int, _ body: (Int) -> Void) {
  if !Cancellation.isDue { spread(count, body) }
}

/// The engine's own threads do it, or Dispatch's while another task has those.
private func spread(_ count: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    nonisolated(unsafe) let run = { (index: Int) in
      omp_set_num_threads(1)
      body(index)
    }
    if count < 2 || threadCount < 2 {
      for index in 0..<count { run(index) }
    } else if !runInPool(count, run) {
      DispatchQueue.concurrentPerform(iterations: count) { run($0) }
    }
  }
}

/// - Returns: Whether the pool was free and all is done.
private func runInPool(_ count: Int, _ run: (Int) -> Void) -> Bool {
  withoutActuallyEscaping(run) { run in
    withUnsafePointer(to: run) { context in
      ck_pool_run(
        count, threadCount,
        { context, index in context?.load(as: ((Int) -> Void).self)(index) },
        UnsafeMutableRawPointer(mutating: context)) == 1
    }
  }
}

/// The results of `body` for each index below `count`, several found at a time.
///
/// - Parameter cancelled: A result instead of each, if the task is cancelled and heeds it.
func parallelResults<Result>(
  _ count: Int, cancelled: Result? = nil, _ body: (Int) -> Result
) -> [Result] {
  if let cancelled, Cancellation.isDue { return Array(repeating: cancelled, count: count) }
  return [Result](unsafeUninitializedCapacity: count) { results, written in
    guard let start = results.baseAddress else { return }
    spread(count) { (start + $0).initialize(to: body($0)) }
    written = count
  }
}

/// Divides the indices below `count` into one run for each thread.
func parallelShares(_ count: Int, _ body: (Range<Int>) -> Void) {
  let parts = min(threadCount, count)
  parallel(parts) { body(count * $0 / parts..<count * ($0 + 1) / parts) }
}

/// Divides `count` elements into runs of whole cache lines, several at a time; few elements stay on
/// the calling thread.
///
/// - Parameter cost: The floats that one element stands for, such as those of a row.
func parallelRuns(_ count: Int, cost: Int = 1, _ body: (_ start: Int, _ length: Int) -> Void) {
  let least = max(1, 32_768 / cost)
  let line = max(1, 16 / cost)
  let parts = min(threadCount * 2, max(1, count / least))
  let length = ((count + parts - 1) / parts + line - 1) / line * line
  parallel(parts) { part in
    let start = part * length
    if start < count { body(start, min(length, count - start)) }
  }
}
