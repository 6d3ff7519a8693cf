/// A still picture or one frame of a video, in the planes in which its file keeps it.
///
/// The planes are stored as they are, not turned: `orientation` says how to see them upright.
public struct Picture: Sendable {
  public enum Interlacing: Sendable {
    case progressive
    case topFieldFirst
    case bottomFieldFirst
  }

  /// Columns of the stored picture.
  public let width: Int
  /// Rows of the stored picture.
  public let height: Int
  public let format: PixelFormat
  /// In the order of `format.model`, then alpha; sizes as `format.planeSize` gives them.
  public var planes: [Plane]
  public var color: ColorDescription
  /// When the picture is first shown; `nil` for a still.
  public var timestamp: Timestamp?
  /// For how long it is shown, where the file says so.
  public var duration: Timestamp?
  /// Width of a sample over its height, as shown.
  public var sampleAspect: Rational
  public var orientation: Orientation
  public var interlacing: Interlacing
  public var isKeyFrame: Bool
  /// Closed captions (ATSC A/53 `cc_data`) that travel inside the coded frame.
  public var captions: [UInt8]?
  /// What a still's file says beside the samples; empty for frames of video.
  public var metadata: StillMetadata

  public init(
    width: Int, height: Int, format: PixelFormat, planes: [Plane], color: ColorDescription,
    timestamp: Timestamp? = nil, duration: Timestamp? = nil, sampleAspect: Rational = .one,
    orientation: Orientation = .upright, interlacing: Interlacing = .progressive,
    isKeyFrame: Bool = false, captions: [UInt8]? = nil, metadata: StillMetadata = StillMetadata()
  ) {
    precondition(planes.count == format.planeCount, "\(format.planeCount) planes")
    for (index, plane) in planes.enumerated() {
      precondition(
        (plane.width, plane.height) == format.planeSize(index, width: width, height: height),
        "plane \(index) of a \(width)×\(height) picture")
    }
    self.width = width
    self.height = height
    self.format = format
    self.planes = planes
    self.color = color
    self.timestamp = timestamp
    self.duration = duration
    self.sampleAspect = sampleAspect
    self.orientation = orientation
    self.interlacing = interlacing
    self.isKeyFrame = isKeyFrame
    self.captions = captions
    self.metadata = metadata
  }

  /// The size seen after turning upright, in samples.
  public var uprightSize: (width: Int, height: Int) {
    orientation.swapsSides ? (height, width) : (width, height)
  }
}
