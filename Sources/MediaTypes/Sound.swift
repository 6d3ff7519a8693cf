/// A stretch of sound: one array of samples per channel, −1…1 being full scale.
public struct Sound: Sendable {
  /// Hertz.
  public var sampleRate: Int
  public var channels: [[Float]]
  /// Of the first sample.
  public var timestamp: Timestamp

  public init(sampleRate: Int, channels: [[Float]], timestamp: Timestamp) {
    self.sampleRate = sampleRate
    self.channels = channels
    self.timestamp = timestamp
  }
}
