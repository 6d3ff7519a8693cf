public import Imaging

/// Finds the faces in the frames of a clip and keeps them apart: looks everywhere now and then, and
/// in between only near where faces are expected, which takes a small part of the time.
public struct FaceFollower: Sendable {
  private let detector: MTCNN
  private let period: Int
  private var tracker: FaceTracker
  /// Frames since the whole frame was searched.
  private var age: Int?

  /// - Parameter period: Frames from one search of the whole frame to the next; a face that comes in
  ///   is seen after as many at the latest.
  public init(detector: MTCNN, period: Int = 6, tracking: FaceTracker.Settings = .init()) {
    precondition(period > 0, "a search every \(period) frames")
    self.detector = detector
    self.period = period
    tracker = FaceTracker(tracking)
  }

  /// Forgets all faces, at a cut: the next frame is searched as a whole.
  public mutating func reset() {
    tracker.reset()
    age = nil
  }

  /// The faces of the next frame.
  ///
  /// Where none of the expected faces is found, as after a cut, the whole frame is searched.
  ///
  /// - Parameters:
  ///   - picture: Red, green and blue in 0…1.
  ///   - interval: Seconds since the frame before.
  public mutating func faces(in picture: Raster, interval: Double) -> [TrackedFace] {
    let expected = tracker.expectedBoxes(after: interval)
    if let age, age + 1 < period {
      let near = expected.isEmpty ? [] : detector.faces(in: picture, near: expected)
      if expected.isEmpty || !near.isEmpty {
        self.age = age + 1
        return tracker.update(near, interval: interval)
      }
    }
    age = 0
    return tracker.update(detector.faces(in: picture), interval: interval)
  }
}
