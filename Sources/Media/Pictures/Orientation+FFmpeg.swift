internal import CFFmpeg
internal import MediaTypes

extension Orientation {
  /// The orientation nearest to a display matrix, of which only the signs of the linear part count.
  ///
  /// FFmpeg's `libavutil/display.h`: a stored point (x, y), y growing downwards, is shown at
  /// (a·x + c·y, b·x + d·y), the first two rows being (a, b, ·) and (c, d, ·).
  init(displayMatrix matrix: UnsafePointer<Int32>) {
    let (a, b, c, d) = (matrix[0], matrix[1], matrix[3], matrix[4])
    if abs(Int(a)) >= abs(Int(b)) {
      self =
        switch (a >= 0, d >= 0) {
        case (true, true): .upright
        case (false, true): .flippedHorizontally
        case (false, false): .rotated180
        case (true, false): .flippedVertically
        }
    } else {
      self =
        switch (b >= 0, c >= 0) {
        case (true, true): .transposed
        case (true, false): .rotatedClockwise
        case (false, false): .transversed
        case (false, true): .rotatedCounterclockwise
        }
    }
  }

  /// The display matrix that says the same, in 16.16 fixed point, its last entry in 2.30.
  var displayMatrix: [Int32] {
    let (a, b, c, d): (Int32, Int32, Int32, Int32) =
      switch self {
      case .upright: (1, 0, 0, 1)
      case .flippedHorizontally: (-1, 0, 0, 1)
      case .rotated180: (-1, 0, 0, -1)
      case .flippedVertically: (1, 0, 0, -1)
      case .transposed: (0, 1, 1, 0)
      case .rotatedClockwise: (0, 1, -1, 0)
      case .transversed: (0, -1, -1, 0)
      case .rotatedCounterclockwise: (0, -1, 1, 0)
      }
    let one: Int32 = 1 << 16
    return [a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30]
  }
}
