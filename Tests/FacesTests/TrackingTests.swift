import Foundation
import Imaging
import TestSupport
import Testing

@testable import Faces

/// A face of some size about a place.
func face(_ x: Double, _ y: Double, size: Double = 40, score: Float = 1) -> Face {
  let half = size / 2
  let points = FaceTemplate.mtcnn512.points.map {
    Point(x: x + size * ($0.x - 0.5), y: y + size * ($0.y - 0.5))
  }
  return Face(
    box: FaceBox(left: x - half, top: y - half, right: x + half, bottom: y + half), score: score,
    points: points)
}

@Suite struct TrackingTests {
  @Test func `the cheapest pairs are found, not the greedy ones`() {
    let pairs = assignment([[0.1, 0.2], [0.15, 0.9]], limit: 1).sorted { $0.row < $1.row }
    #expect(pairs.map(\.column) == [1, 0])
    #expect(assignment([[0.5, 3, 0.2]], limit: 1).map(\.column) == [2])
    #expect(assignment([[3], [0.4]], limit: 1).map(\.row) == [1])
    #expect(assignment([[2, 2], [2, 2]], limit: 1).isEmpty)
    #expect(assignment([], limit: 1).isEmpty)
  }

  @Test(arguments: 0..<8) func `no other pairs are cheaper`(seed: Int) {
    let costs = (0..<4).map { row in
      hashUniform("costs \(seed) \(row)", count: 4).map { 0.5 + 0.5 * $0 }
    }
    func least(_ row: Int, _ left: Set<Int>) -> Double {
      guard row < 4 else { return 0 }
      return left.map { costs[row][$0] + least(row + 1, left.subtracting([$0])) }.min() ?? 0
    }
    let found = assignment(costs, limit: 9)
    #expect(found.count == 4)
    let sum = found.reduce(0) { $0 + costs[$1.row][$1.column] }
    #expect(abs(sum - least(0, Set(0..<4))) < 1e-12)
  }

  @Test func `identities are kept where two faces cross`() {
    var tracker = FaceTracker()
    for frame in 0..<40 {
      let t = Double(frame)
      // One goes right, one left, a little lower; they come in changing order.
      let both = [face(50 + 5 * t, 100), face(245 - 5 * t, 118)]
      let shown = tracker.update(frame % 2 == 0 ? both : both.reversed(), interval: 0.04)
      #expect(shown.count == 2)
      for tracked in shown {
        let wanted = tracked.identity == 0 ? both[0] : both[1]
        #expect((tracked.face.box.center - wanted.box.center).length < 8, "frame \(frame)")
      }
    }
  }

  @Test func `embeddings tell faces apart that lie in one place`() {
    var tracker = FaceTracker()
    let (a, b) = (FaceEmbedding([1, 0]), FaceEmbedding([0, 1]))
    _ = tracker.update([face(100, 100), face(112, 100)], embeddings: [a, b], interval: 0.04)
    let shown = tracker.update(
      [face(110, 100), face(102, 100)], embeddings: [a, b], interval: 0.04)
    // Smoothed, they are on their way; the boxes alone would stay where they are.
    #expect(shown[0].face.box.center.x > 103 && shown[1].face.box.center.x < 109)
  }

  @Test func `a face that is not found for a while keeps its identity and its way`() {
    var tracker = FaceTracker()
    for frame in 0..<10 {
      _ = tracker.update([face(100 + 4 * Double(frame), 80)], interval: 0.04)
    }
    var shown: [TrackedFace] = []
    for _ in 0..<5 { shown = tracker.update([], interval: 0.04) }
    #expect(shown.map(\.isFound) == [false])
    #expect(abs(shown[0].face.box.center.x - 156) < 6)
    shown = tracker.update([face(160, 80)], interval: 0.04)
    #expect(shown.map(\.identity) == [0])
    for _ in 0..<20 { shown = tracker.update([], interval: 0.04) }
    #expect(shown.isEmpty)
    #expect(tracker.update([face(160, 80)], interval: 0.04).map(\.identity) == [1])
  }

  @Test func `a face that was not found is looked for where its way carries it`() {
    var tracker = FaceTracker()
    for frame in 0..<30 {
      _ = tracker.update([face(100 + 4 * Double(frame), 80)], interval: 0.04)
    }
    for _ in 0..<3 { _ = tracker.update([], interval: 0.04) }
    let places = tracker.expectedBoxes(after: 0.04).map(\.center.x)
    #expect(places.count == 1 && abs(places[0] - (216 + 4 * 4)) < 0.01, "\(places)")
  }

  @Test func `a face that comes nearer is supposed larger`() {
    var tracker = FaceTracker()
    var size = 40.0
    for _ in 0..<12 {
      _ = tracker.update([face(100, 80, size: size)], interval: 0.04)
      size *= 1.05
    }
    let width = tracker.expectedBoxes(after: 0.04)[0].width
    #expect(abs(width / size - 1) < 0.01, "\(width), not \(size)")
  }

  @Test func `an embedding that comes later is remembered`() {
    var tracker = FaceTracker()
    let (own, other) = (FaceEmbedding([1, 0]), FaceEmbedding([0, 1]))
    _ = tracker.update([face(100, 100)], interval: 0.04)
    _ = tracker.update([face(100, 100)], embeddings: [own], interval: 0.04)
    let shown = tracker.update(
      [face(103, 100), face(97, 100)], embeddings: [other, own], interval: 0.04)
    let found = shown.first { $0.identity == 0 }
    #expect((found?.face.box.center.x ?? 100) < 100)
  }

  @Test func `smoothing treats all directions and sizes alike`() {
    let path = hashUniform("path", count: 20).map { 30 * $0 }
    func smoothed(_ values: [Double], unit: Double) -> [Double] {
      var filter = OneEuroFilter()
      return values.map { filter($0, interval: 0.04, unit: unit) }
    }
    let found = smoothed(path, unit: 50)
    let mirrored = smoothed(path.map { -$0 }, unit: 50)
    for (a, b) in zip(found, mirrored) { #expect(abs(a + b) < 1e-9) }
    var (small, large) = (PointSmoother(), PointSmoother())
    for value in path {
      let a = small([Point(x: value, y: -value)], size: 40, interval: 0.04)[0]
      let b = large([Point(x: 3 * value, y: -3 * value)], size: 120, interval: 0.04)[0]
      #expect((3 * a - b).length < 1e-9)
    }
  }

  @Test func `a face that is found every other time is followed for good`() {
    var tracker = FaceTracker()
    for frame in 0..<40 {
      let shown = tracker.update(frame % 2 == 0 ? [face(100, 80)] : [], interval: 0.04)
      #expect(shown.map(\.identity) == [0], "frame \(frame)")
    }
  }

  @Test func `a cut begins anew`() {
    var tracker = FaceTracker()
    _ = tracker.update([face(100, 80)], interval: 0.04)
    tracker.reset()
    #expect(tracker.update([face(100, 80)], interval: 0.04).map(\.identity) == [1])
  }

  @Test func `jitter of a resting face is smoothed away, and a moving one is followed`() {
    let noise = hashUniform("jitter", count: 400)
    var smoother = PointSmoother()
    var rest: [Double] = []
    for frame in 0..<200 {
      let point = Point(x: 300 + noise[2 * frame], y: 200 + noise[2 * frame + 1])
      rest.append(smoother([point], size: 100, interval: 0.04)[0].x)
    }
    let steps = zip(rest.dropFirst(50), rest.dropFirst(51)).map { abs($0 - $1) }
    #expect((steps.max() ?? 9) < 0.5)  // raw steps reach 2
    for frame in 0..<50 {
      let place = 300 + 8 * Double(frame)
      let found = smoother([Point(x: place, y: 200)], size: 100, interval: 0.04)[0].x
      if frame > 10 { #expect(abs(found - place) < 8) }
    }
  }

  @Test func `the first measurement is taken as it is`() {
    var filter = OneEuroFilter()
    #expect(filter(5, interval: 0.04) == 5)
    #expect(filter(5, interval: 0.04) == 5)
    let next = filter(6, interval: 0.04)
    #expect(next > 5 && next < 6)
  }
}
