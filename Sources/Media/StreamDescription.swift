public import MediaTypes

/// What a file says of one of its streams.
public struct StreamDescription: Sendable {
  public enum Kind: String, Sendable {
    case video
    case sound
    case subtitles
    case attachment
    /// A cover or thumbnail: a single picture that accompanies the rest.
    case cover
    /// Anything else, such as time codes or telemetry.
    case data
  }

  public var index: Int
  public var kind: Kind
  /// FFmpeg's name, such as `h264`.
  public var codec: String
  public var timeBase: Rational
  /// Seconds, where the file says so.
  public var duration: Double?
  public var metadata: [String: String]
  /// Whether players should pick this among streams of its kind.
  public var isDefault: Bool

  // Pictures
  public var width: Int
  public var height: Int
  /// Average; `nil` if unknown.
  public var frameRate: Rational?
  /// From the file's own count, or from duration and rate; `nil` if it has neither.
  public var frameCountEstimate: Int?
  public var sampleAspect: Rational
  public var orientation: Orientation

  // Sound
  /// Hertz.
  public var sampleRate: Int
  public var channelCount: Int
}

/// A named stretch of a film.
public struct Chapter: Hashable, Sendable {
  public var start: Timestamp
  public var end: Timestamp
  public var metadata: [String: String]

  public init(start: Timestamp, end: Timestamp, metadata: [String: String] = [:]) {
    self.start = start
    self.end = end
    self.metadata = metadata
  }
}

/// What an encoder has to know of the pictures it will be given.
public struct VideoDescription: Sendable {
  public var width: Int
  public var height: Int
  public var format: PixelFormat
  public var color: ColorDescription
  /// Average, for headers and rate control; the pictures' timestamps decide when they are shown.
  public var frameRate: Rational
  /// The tick of the pictures' timestamps.
  public var timeBase: Rational
  public var sampleAspect: Rational
  public var orientation: Orientation
  public var interlacing: Picture.Interlacing

  public init(
    width: Int, height: Int, format: PixelFormat = .yuv420,
    color: ColorDescription = .unspecifiedVideo, frameRate: Rational,
    timeBase: Rational? = nil, sampleAspect: Rational = .one, orientation: Orientation = .upright,
    interlacing: Picture.Interlacing = .progressive
  ) {
    self.width = width
    self.height = height
    self.format = format
    self.color = color
    self.frameRate = frameRate
    self.timeBase = timeBase ?? Rational(frameRate.denominator, frameRate.numerator)
    self.sampleAspect = sampleAspect
    self.orientation = orientation
    self.interlacing = interlacing
  }
}

extension VideoDescription {
  /// Of the same pictures after `Picture.turnedUpright()`.
  var turnedUpright: VideoDescription {
    var turned = self
    turned.orientation = .upright
    guard orientation.swapsSides else { return turned }
    (turned.width, turned.height) = (height, width)
    swap(&turned.format.chromaShiftX, &turned.format.chromaShiftY)
    turned.sampleAspect = Rational(sampleAspect.denominator, sampleAspect.numerator)
    return turned
  }
}
