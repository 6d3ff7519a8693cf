/// How the main video is encoded; what is `nil` is chosen to look the same as the source.
///
/// | output | encoder | quality | preset |
/// |---|---|---|---|
/// | mp4, m4v, mov, mkv, ts, flv | `libx264` | crf 16 | `veryfast` |
/// | webm | `libvpx-vp9` | crf 20 | 6 (its `cpu-used`) |
/// | avi | `mpeg4` | quantizer 2 | – |
/// | gif, apng | the format's own | – | – |
/// | others | the format's own | quantizer 2 | – |
public struct VideoSettings: Hashable, Sendable {
  /// FFmpeg's name of an encoder (`libx264`) or of a codec (`h264`).
  public var codec: String?
  /// The encoder's own scale, smaller being better: constant rate factor for x264, x265, VP8, VP9
  /// and AV1, quantizer for the older codecs.
  public var quality: Int?
  /// The encoder's own name for how much effort to make.
  public var preset: String?
  /// Of the encoder.
  public var threads: Int

  public init(
    codec: String? = nil, quality: Int? = nil, preset: String? = nil, threads: Int = 2
  ) {
    self.codec = codec
    self.quality = quality
    self.preset = preset
    self.threads = threads
  }
}
