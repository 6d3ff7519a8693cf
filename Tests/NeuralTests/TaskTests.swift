import Foundation
import Neural
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct `A pass that may be cancelled` {
  private static func network(seed: UInt64) -> FCDenseNet {
    let network = FCDenseNet(
      .init(input: 3, output: 2, first: 32, growth: 16, down: [3, 3], bottom: 3))
    network.initialize(seed: seed)
    return network
  }

  @Test func `ends within the time of an operation`() async throws {
    let passes = Mutex<[Double]>([])
    let task = Task {
      let network = Self.network(seed: 1)
      let picture = randomTensor("picture", [1, 3, 320, 320])
      try cancellable {
        for _ in 0..<30 {
          let start = threadSeconds()
          _ = withoutRecording { network(picture) }
          let time = threadSeconds() - start
          passes.withLock { $0.append(time) }
        }
      }
    }
    // On a thread of its own: other tests may keep all threads of tasks busy until the passes are over.
    let cancelled = Mutex(30)
    Thread.detachNewThread {
      while passes.withLock({ $0.count < 2 }) { Thread.sleep(forTimeInterval: 0.001) }
      cancelled.withLock { $0 = passes.withLock { $0.count } }
      task.cancel()
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    let (times, done) = (passes.withLock { $0 }, cancelled.withLock { $0 })
    #expect(times.count == 30 && done < 30)
    let rest = times[done...].reduce(0, +)
    #expect(
      rest < times[0] + times[1], "the rest took \(rest), the passes before \(times.prefix(2))")
  }

  @Test func `leaves the model as it was`() async {
    let picture = randomTensor("picture", [1, 3, 36, 44]).array
    let expected = withoutRecording {
      Self.network(seed: 2)(Tensor(picture, shape: [1, 3, 36, 44])).array
    }
    let found = await Task {
      let network = Self.network(seed: 2)
      let picture = Tensor(picture, shape: [1, 3, 36, 44])
      // Weights in other layouts, which are kept, are made by the pass that is cancelled.
      #expect(throws: CancellationError.self) {
        try cancellable {
          withUnsafeCurrentTask { $0?.cancel() }
          let output = withoutRecording { network(picture) }
          #expect(output.shape == [1, 2, 36, 44])
          #expect(output.array.allSatisfy { $0 == 0 })
        }
      }
      return withoutRecording { network(picture).array }
    }.value
    #expect(found == expected)
  }

  @Test func `is as any other unless it is cancelled`() throws {
    struct Refusal: Error {}
    let (network, picture) = (Self.network(seed: 3), randomTensor("picture", [1, 3, 36, 44]))
    let expected = withoutRecording { network(picture).array }
    #expect(try cancellable { withoutRecording { network(picture).array } } == expected)
    #expect(throws: Refusal.self) { try cancellable { throw Refusal() } }
  }

  @Test func `is not begun in a task that is cancelled already`() async {
    await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      #expect(throws: CancellationError.self) { try cancellable { Issue.record("it was") } }
      #expect((Tensor([1, 2], shape: [2]) + 1).array == [2, 3], "others compute on")
    }.value
  }
}

@Suite struct `Models in several tasks` {
  /// Two networks of different makes, several times each, at once.
  @Test func `share no state`() async {
    let designs: [FCDenseNet.Design] = [
      .init(input: 3, output: 2, first: 16, growth: 16, down: [2, 2], bottom: 2),
      .init(input: 3, output: 1, first: 24, growth: 12, down: [1, 2, 1], bottom: 3),
    ]
    @Sendable func results(_ index: Int) -> [[Float]] {
      let network = FCDenseNet(designs[index % 2])
      network.initialize(seed: UInt64(index))
      let size = [48, 56, 72][index % 3]
      let picture = randomTensor("picture \(index)", [2, 3, size, 64])
      let outputs = [withoutRecording { network(picture) }, train(network, picture)]
      return outputs.map(\.array) + network.parameters.map(\.parameter.value.array)
    }
    @Sendable func train(_ network: FCDenseNet, _ picture: Tensor) -> Tensor {
      let optimizer = Optimizer(Adam(), network.parameters, rate: 0.01)
      return BatchNorm.Mode.$current.withValue(.batch) {
        for _ in 0..<2 {
          let output = network(picture)
          optimizer.step(
            gradients(of: (output * output).mean(), with: network.trained.map(\.value)))
        }
        return network(picture)
      }
    }
    let apart = (0..<6).map(results)
    let together = await withTaskGroup(of: (Int, [[Float]]).self) { group in
      for index in 0..<6 { group.addTask { (index, results(index)) } }
      return await group.reduce(into: [Int: [[Float]]]()) { $0[$1.0] = $1.1 }
    }
    for (index, expected) in apart.enumerated() {
      #expect(together[index] == expected, "network \(index)")
    }
  }
}

/// What this thread has spent of the processor, in seconds: other tests run beside, and a clock on
/// the wall would count them.
private func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
