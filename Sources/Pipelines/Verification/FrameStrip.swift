internal import MediaTypes

/// Small pictures of up to sixteen frames, evenly spread over a clip of any length.
struct FrameStrip: Sendable {
  private static let limit = 16

  private(set) var frames: [(number: Int, picture: Picture)] = []
  private var stride = 1
  private var count = 0

  /// Takes the next frame into account.
  mutating func add(_ picture: Picture) throws {
    defer { count += 1 }
    guard count % stride == 0 else { return }
    if frames.count == Self.limit {
      frames = frames.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      stride *= 2
      guard count % stride == 0 else { return }
    }
    frames.append((count, try picture.shown(within: 320, 240)))
  }

  /// At most eight of them, first and last included.
  var selection: [(number: Int, picture: Picture)] {
    guard frames.count > 8 else { return frames }
    return (0..<8).map { frames[$0 * (frames.count - 1) / 7] }
  }
}
