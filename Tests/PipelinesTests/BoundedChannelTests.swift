import Testing

@testable import Pipelines

struct BoundedChannelTests {
  private struct Broken: Error {}

  @Test func `elements come out in order, then the end`() async throws {
    let channel = BoundedChannel<Int>(capacity: 3)
    async let sent: Void = {
      for number in 0..<1000 { try await channel.send(number) }
      channel.finish()
    }()
    var received: [Int] = []
    while let number = try await channel.next() { received.append(number) }
    try await sent
    #expect(received == Array(0..<1000))
    #expect(try await channel.next() == nil)
  }

  @Test func `the sender waits while the channel is full`() async throws {
    let channel = BoundedChannel<Int>(capacity: 2)
    let sender = Task {
      for number in 0..<5 { try await channel.send(number) }
      return ContinuousClock.now
    }
    try await Task.sleep(for: .milliseconds(100))
    let before = ContinuousClock.now
    for number in 0..<5 { #expect(try await channel.next() == number) }
    #expect(try await sender.value > before)
  }

  @Test func `an error reaches the receiver after what was sent`() async throws {
    let channel = BoundedChannel<Int>(capacity: 2)
    try await channel.send(7)
    channel.finish(throwing: Broken())
    #expect(try await channel.next() == 7)
    await #expect(throws: Broken.self) { try await channel.next() }
    await #expect(throws: Broken.self) { try await channel.send(8) }
  }

  @Test func `cancelling either side ends both`() async throws {
    let channel = BoundedChannel<Int>(capacity: 1)
    try await channel.send(1)
    let sender = Task { try await channel.send(2) }
    sender.cancel()
    await #expect(throws: CancellationError.self) { try await sender.value }
    let other = BoundedChannel<Int>(capacity: 1)
    let receiver = Task { try await other.next() }
    receiver.cancel()
    await #expect(throws: CancellationError.self) { try await receiver.value }
    await #expect(throws: CancellationError.self) { try await other.send(1) }
  }
}
