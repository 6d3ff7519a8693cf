import Imaging
import Testing

@testable import Pipelines

struct MarkingPolicyTests {
  private func gray(_ luma: Float) -> YUVPicture {
    YUVPicture(
      width: 4, height: 4,
      values: [Float](repeating: luma, count: 16) + [Float](repeating: 0.5, count: 32))
  }

  @Test func `a residual serves for its interval`() {
    let policy = MarkingPolicy(interval: 3, change: 0.1)
    #expect(!policy.needsNew(for: gray(0.5), madeFor: gray(0.5), age: 2))
    #expect(policy.needsNew(for: gray(0.5), madeFor: gray(0.5), age: 3))
  }

  @Test func `a cut needs a new one at once`() {
    let policy = MarkingPolicy(interval: 100, change: 0.1)
    #expect(!policy.needsNew(for: gray(0.55), madeFor: gray(0.5), age: 1))
    #expect(policy.needsNew(for: gray(0.35), madeFor: gray(0.5), age: 1))
  }
}
