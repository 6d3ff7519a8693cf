/// A picture of numbers: planes of one size, such as red, green and blue in 0…1, or a mask.
public struct Raster: Hashable, Sendable {
  public let width: Int
  public let height: Int
  public let channels: Int
  /// One plane after the other, each row by row; their count must not change.
  public var values: [Float]

  public init(width: Int, height: Int, channels: Int, values: [Float]) {
    precondition(
      width > 0 && height > 0 && channels > 0 && values.count == width * height * channels,
      "\(values.count) values as \(channels) planes of \(width)×\(height)")
    self.width = width
    self.height = height
    self.channels = channels
    self.values = values
  }

  public init(width: Int, height: Int, channels: Int = 1, repeating value: Float = 0) {
    self.init(
      width: width, height: height, channels: channels,
      values: [Float](repeating: value, count: width * height * channels))
  }

  /// Values per plane.
  public var area: Int { width * height }

  public subscript(x: Int, y: Int, channel: Int = 0) -> Float {
    get { values[(channel * height + y) * width + x] }
    set { values[(channel * height + y) * width + x] = newValue }
  }

  /// One plane alone.
  public func plane(_ channel: Int) -> Raster {
    Raster(
      width: width, height: height, channels: 1,
      values: Array(values[channel * area..<(channel + 1) * area]))
  }

  /// The raster with each value replaced.
  public func mapped(_ change: (Float) -> Float) -> Raster {
    Raster(width: width, height: height, channels: channels, values: values.map(change))
  }

  /// Mirrored left to right.
  public var mirrored: Raster {
    var result = self
    for start in stride(from: 0, to: values.count, by: width) {
      result.values[start..<start + width].reverse()
    }
    return result
  }

  func expectSize(of other: Raster, _ what: String) {
    precondition(
      width == other.width && height == other.height,
      "\(what) of \(other.width)×\(other.height) for \(width)×\(height)")
  }
}
