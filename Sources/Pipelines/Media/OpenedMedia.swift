internal import Media
internal import MediaTypes

/// A file that holds pictures.
enum OpenedMedia {
  case still(Picture)
  case video(MediaReader)

  /// - Parameter path: A file, or `-` for a still on standard input.
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` for sound, `MediaError` for what cannot be
  ///   opened or decoded.
  init(path: String) throws {
    if path == standardStreamName {
      self = .still(try readStill(try readStandardInput(), name: "standard input"))
      return
    }
    let reader = try MediaReader(path: path)
    switch reader.kind {
    case .sound:
      throw PipelineError.unreadable(path: path, reason: "it holds sound but no pictures")
    case .video:
      self = .video(reader)
    case .still:
      guard case .picture(let picture)? = try reader.next() else {
        throw PipelineError.unreadable(path: path, reason: "it holds no picture")
      }
      self = .still(picture)
    }
  }
}

/// What a file with pictures is, as `--json` names it.
public enum MediaKind: String, Sendable {
  case still
  case video
}

extension MediaReader {
  /// How many pictures the main video has, as far as the file says.
  var frameCountEstimate: Int? {
    mainVideo.flatMap { streams[$0].frameCountEstimate }
  }
}
