internal import Media
internal import MediaTypes

/// What a film of marked frames consists of.
enum MarkedItem: Sendable {
  case picture(Marked<Picture>)
  /// A piece of any other stream, as it is.
  case packet(Packet)
}

/// A film being written, of which every frame is marked.
///
/// As `MediaWriter`, which it is made of.
final class MarkedWriter {
  private let writer: MediaWriter
  var remarks: [String] { writer.remarks }

  init(path: String, like source: MediaReader, settings: VideoSettings) throws(MediaError) {
    writer = try MediaWriter(path: path, like: source, settings: settings)
  }

  func write(_ item: MarkedItem) throws(MediaError) {
    switch item {
    case .picture(let picture): try writer.write(picture.media)
    case .packet(let packet): try writer.write(packet)
    }
  }

  func finish() throws(MediaError) { try writer.finish() }
  func discard() { writer.discard() }
}
