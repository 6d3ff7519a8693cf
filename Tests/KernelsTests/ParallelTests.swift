import Dispatch
import Foundation
import Synchronization
import Testing

@testable import Kernels

/// How often each of some indices was taken.
private final class Marks: Sendable {
  private let counts: Mutex<[Int]>

  init(_ count: Int) { counts = Mutex(Array(repeating: 0, count: count)) }

  func mark(_ index: Int) { counts.withLock { $0[index] += 1 } }

  var areAllOne: Bool { counts.withLock { $0.allSatisfy { $0 == 1 } } }
}

struct ParallelTests {
  @Test(arguments: [0, 1, 2, 3, 1000]) func `each index is taken once`(count: Int) {
    let marks = Marks(count)
    parallel(count) { marks.mark($0) }
    #expect(marks.areAllOne)
  }

  @Test func `all is done when it returns, call after call`() {
    for call in 0..<20_000 {
      var sums = [0, 0, 0]
      sums.withUnsafeMutableBufferPointer { sums in
        nonisolated(unsafe) let sums = sums
        parallel(3) { sums[$0] = call + $0 }
      }
      #expect(sums == [call, call + 1, call + 2])
      if sums != [call, call + 1, call + 2] { break }
    }
  }

  @Test func `waits for the other threads, however long they take`() {
    let caller = Thread.current
    for _ in 0..<20 {
      let marks = Marks(2)
      parallel(2) { index in
        Thread.sleep(forTimeInterval: Thread.current == caller ? 0.001 : 0.01)
        marks.mark(index)
      }
      #expect(marks.areAllOne)
    }
  }

  @Test func `works within itself`() {
    let marks = Marks(64)
    parallel(8) { row in parallel(8) { marks.mark(8 * row + $0) } }
    #expect(marks.areAllOne)
  }

  @Test func `serves several callers at once`() {
    let marks = (0..<6).map { _ in Marks(500 * 4) }
    DispatchQueue.concurrentPerform(iterations: 6) { caller in
      for call in 0..<500 { parallel(4) { marks[caller].mark(4 * call + $0) } }
    }
    for marks in marks { #expect(marks.areAllOne) }
  }

  @Test func `results come in order`() {
    #expect(parallelResults(100) { $0 * $0 } == (0..<100).map { $0 * $0 })
  }
}
