internal import Imaging

/// How often the network looks at a clip to make what is added to its frames.
///
/// What is added to one frame is added to the next ones too, until it has served for
/// ``interval`` frames or the picture has changed too much. A code that stands still costs an
/// encoder of video almost nothing and is what it keeps best; one made anew for every frame
/// flickers, and is worn down by prediction from frame to frame. A cut needs a new one at once,
/// because what is added is hidden in the structure of one picture.
public struct MarkingPolicy: Hashable, Sendable {
  /// For how many frames a residual serves at most; 1 makes one for every frame.
  public var interval: Int
  /// How far, in mean absolute luma differences (fractions of full scale) of the reduced frames, a
  /// frame may be from the one that the residual was made for.
  public var change: Float

  public init(interval: Int = 4, change: Float = 0.04) {
    precondition(interval > 0, "a residual must serve for one frame at least")
    self.interval = interval
    self.change = change
  }

  /// Whether a frame needs a residual of its own.
  ///
  /// - Parameters:
  ///   - frame: The frame, reduced.
  ///   - origin: The frame that the residual was made for, reduced to the same size.
  ///   - age: How many frames the residual has served for.
  func needsNew(for frame: YUVPicture, madeFor origin: YUVPicture, age: Int) -> Bool {
    age >= interval || frame.meanLumaDifference(to: origin) > change
  }
}

extension YUVPicture {
  /// The mean absolute difference of two pictures' luma.
  func meanLumaDifference(to other: YUVPicture) -> Float {
    let count = width * height
    let (mine, others) = (values, other.values)
    let (a, b) = (mine.span, others.span)
    var sum: Float = 0
    for i in 0..<count { sum += abs(a[i] - b[i]) }
    return sum / Float(count)
  }
}
