/// What a still picture's file says beside its samples.
public struct StillMetadata: Hashable, Sendable {
  /// A keyword with its text, as PNG keeps them.
  public struct Text: Hashable, Sendable {
    public var keyword: String
    public var text: String

    public init(keyword: String, text: String) {
      self.keyword = keyword
      self.text = text
    }
  }

  /// An ICC profile.
  public var colorProfile: [UInt8]?
  /// A TIFF structure as EXIF defines it, without the `Exif\0\0` that precedes it in JPEG.
  public var exif: [UInt8]?
  public var texts: [Text]
  /// PNG's gAMA: the exponent of encoding, such as 0.45455.
  public var gamma: Double?
  /// PNG's sRGB: the rendering intent, 0 to 3.
  public var standardRGBIntent: Int?
  /// Samples per metre.
  public var resolution: Resolution?

  public struct Resolution: Hashable, Sendable {
    public var x: Int
    public var y: Int

    public init(x: Int, y: Int) {
      self.x = x
      self.y = y
    }
  }

  public init(
    colorProfile: [UInt8]? = nil, exif: [UInt8]? = nil, texts: [Text] = [], gamma: Double? = nil,
    standardRGBIntent: Int? = nil, resolution: Resolution? = nil
  ) {
    self.colorProfile = colorProfile
    self.exif = exif
    self.texts = texts
    self.gamma = gamma
    self.standardRGBIntent = standardRGBIntent
    self.resolution = resolution
  }
}
