/// How a stored picture must be turned to be seen upright; raw values are EXIF's.
///
/// Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
public enum Orientation: Int, Hashable, Sendable, CaseIterable {
  case upright = 1
  case flippedHorizontally = 2
  case rotated180 = 3
  case flippedVertically = 4
  /// Mirrored along the diagonal from the upper left.
  case transposed = 5
  /// To be rotated clockwise by 90°.
  case rotatedClockwise = 6
  /// Mirrored along the diagonal from the upper right.
  case transversed = 7
  /// To be rotated counterclockwise by 90°.
  case rotatedCounterclockwise = 8

  /// Whether the upright picture's width is the stored one's height.
  public var swapsSides: Bool { rawValue >= 5 }

  /// Where the upright picture's sample (`x`, `y`) is stored, in a stored picture of `width` ×
  /// `height`.
  public func stored(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    switch self {
    case .upright: (x, y)
    case .flippedHorizontally: (width - 1 - x, y)
    case .rotated180: (width - 1 - x, height - 1 - y)
    case .flippedVertically: (x, height - 1 - y)
    case .transposed: (y, x)
    case .rotatedClockwise: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .rotatedCounterclockwise: (width - 1 - y, x)
    }
  }
}
