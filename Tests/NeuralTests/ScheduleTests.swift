import Neural
import TestSupport
import Testing

@Suite struct `Schedules of the rate` {
  static let all: [String: Schedule] = [
    "steps": .steps(every: 7, factor: 0.4),
    "milestones": .steps(at: [5, 18, 41], factor: 0.3),
    "exponential": .exponential(factor: 0.93),
    "linear": .linear(from: 0.2, to: 0.7, over: 17),
    "warm-up": .warmUp(over: 7),
    "cosine": .cosine(over: 59, floor: 0.05),
    "restarts": .cosineRestarts(first: 9, floor: 0.1),
    "growing-restarts": .cosineRestarts(first: 5, growth: 2),
    "one-cycle": .oneCycle(over: 61),
    "sequence": .linear(from: 0.1, to: 1, over: 7)
      .following(.steps(every: 11, factor: 0.5), after: 13),
    "product": .linear(from: 0.1, to: 1, over: 7) * .exponential(factor: 0.9),
  ]

  @Test(arguments: all.keys.sorted()) func `agree with PyTorch`(name: String) throws {
    let expected = try Fixture("schedules", in: .module)[name].values
    let schedule = try #require(Self.all[name])
    for (step, rate) in expected.enumerated() {
      expectClose([schedule(step)], [rate], tolerance: 2e-6, "\(name) at step \(step)")
    }
  }

  @Test func `begin a warm-up with the first part, and end a cosine for good`() {
    let warmUp = Schedule.warmUp(over: 4)
    #expect((0..<6).map { warmUp($0) } == [0.25, 0.5, 0.75, 1, 1, 1])
    let cosine = Schedule.cosine(over: 10, floor: 0.25)
    #expect([10, 15, 1000].map { cosine($0) } == [0.25, 0.25, 0.25])
  }
}
