/// What kind of still picture a file's first bytes announce.
enum MediaSignature {
  enum StillFormat: String {
    case png
    case jpeg
    case webp
    case gif
    case bmp
    case tiff
  }

  /// The still picture format of the file, or `nil` if it is a film, an animation or sound.
  static func stillFormat(of path: String) throws(MediaError) -> StillFormat? {
    let head = try InputFile.bytes(of: path, count: 64)
    guard let format = stillFormat(of: head) else { return nil }
    switch format {
    case .png where try isAnimatedPNG(path): return nil
    case .gif where try hasSeveralFrames(path): return nil
    default: return format
    }
  }

  /// The same from the first 64 bytes, without looking for further frames.
  static func stillFormat(of head: [UInt8]) -> StillFormat? {
    let starts = { (bytes: [UInt8]) in head.starts(with: bytes) }
    if starts(PNGFile.signature) { return .png }
    if starts([0xFF, 0xD8, 0xFF]) { return .jpeg }
    if starts(Array("RIFF".utf8)), head.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      return .webp
    }
    if starts(Array("GIF87a".utf8)) || starts(Array("GIF89a".utf8)) { return .gif }
    if starts([0x49, 0x49, 0x2A, 0]) || starts([0x4D, 0x4D, 0, 0x2A]) { return .tiff }
    // "BM" alone is common in text: the header's size and planes must fit too.
    if starts(Array("BM".utf8)), head.count >= 30,
      [12, 40, 52, 56, 64, 108, 124].contains(head[14]),
      head[15...17] == [0, 0, 0]
    {
      return .bmp
    }
    return nil
  }

  /// Whether the chunk that announces several frames comes before the picture data.
  private static func isAnimatedPNG(_ path: String) throws(MediaError) -> Bool {
    var offset = 8
    for _ in 0..<1000 {
      let header = try InputFile.bytes(of: path, from: offset, count: 12)
      guard header.count == 12 else { return false }
      let name = String(decoding: header[4..<8], as: UTF8.self)
      let length = header[0..<4].reduce(0) { $0 << 8 | Int($1) }
      if name == "acTL" { return header[8..<12].reduce(0) { $0 << 8 | Int($1) } > 1 }
      if name == "IDAT" { return false }
      offset += 12 + length
    }
    return false
  }

  private static func hasSeveralFrames(_ path: String) throws(MediaError) -> Bool {
    guard let demuxer = try? Demuxer(path: path) else { return false }
    guard try demuxer.nextPacket() != nil else { return false }
    return try demuxer.nextPacket() != nil
  }
}
