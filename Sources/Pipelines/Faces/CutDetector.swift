internal import Imaging
internal import MediaTypes

/// Tells where a film cuts from one shot to another.
struct CutDetector: Sendable {
  /// The least mean difference of luma over a small picture, in fractions of full scale.
  private static let limit: Float = 0.12
  private static let placement = ResidualPlacement(width: 32, height: 32)

  private var last: YUVPicture?

  /// Whether a shot begins with the next frame; the first frame of all begins none.
  mutating func isCut(to frame: Picture) -> Bool {
    let reduced = Self.placement.reduced(frame)
    defer { last = reduced }
    guard let last else { return false }
    return reduced.meanLumaDifference(to: last) > Self.limit
  }
}
