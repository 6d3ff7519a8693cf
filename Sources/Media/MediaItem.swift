public import MediaTypes

/// What a media file consists of, in its order.
public enum MediaItem: Sendable {
  /// A frame of the main video, in order of showing.
  case picture(Picture)
  /// A piece of any other stream, as it is.
  case packet(Packet)
}
