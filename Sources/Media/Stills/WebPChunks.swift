internal import MediaTypes

/// The parts of a WebP file that say something beside the samples.
///
/// Source: RFC 9649 section 2.
enum WebPChunks {
  static func metadata(of file: [UInt8]) -> StillMetadata {
    var metadata = StillMetadata()
    for chunk in chunks(of: file) {
      switch chunk.name {
      case "ICCP": metadata.colorProfile = Array(chunk.content)
      case "EXIF":
        // Some writers repeat JPEG's prefix.
        let content = Array(chunk.content)
        metadata.exif =
          content.starts(with: Array("Exif\0\0".utf8)) ? Array(content.dropFirst(6)) : content
      case "XMP ":
        metadata.texts.append(
          .init(
            keyword: JPEGMarkers.xmpKeyword, text: String(decoding: chunk.content, as: UTF8.self)))
      default: break
      }
    }
    return metadata
  }

  static func isAnimated(_ file: [UInt8]) -> Bool {
    chunks(of: file).lazy.filter { $0.name == "ANMF" }.count > 1
  }

  /// The width and height that the file announces.
  static func size(of file: [UInt8]) -> (width: Int, height: Int)? {
    for chunk in chunks(of: file) {
      let bytes = Array(chunk.content.prefix(10))
      guard bytes.count == 10 else { continue }
      switch chunk.name {
      case "VP8X": return (little(bytes[4..<7]) + 1, little(bytes[7..<10]) + 1)
      case "VP8 ": return (little(bytes[6..<8]) & 0x3FFF, little(bytes[8..<10]) & 0x3FFF)
      case "VP8L":
        let bits = little(bytes[1..<5])
        return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
      default: continue
      }
    }
    return nil
  }

  /// A simple file of one picture, made to hold `metadata` too.
  static func adding(
    _ metadata: StillMetadata, to file: [UInt8], width: Int, height: Int, hasAlpha: Bool
  ) -> [UInt8] {
    let profile = metadata.colorProfile.flatMap { $0.isColorProfile(gray: false) ? $0 : nil }
    let xmp = metadata.texts.first { $0.keyword == JPEGMarkers.xmpKeyword }?.text
    guard profile != nil || metadata.exif != nil || xmp != nil else { return file }
    let flags: UInt8 =
      (profile != nil ? 0x20 : 0) | (hasAlpha ? 0x10 : 0) | (metadata.exif != nil ? 0x08 : 0)
      | (xmp != nil ? 0x04 : 0)
    var body = chunk("VP8X", [flags, 0, 0, 0] + bytes(width - 1, 3) + bytes(height - 1, 3))
    if let profile { body += chunk("ICCP", profile) }
    for part in chunks(of: file)
    where part.name.hasPrefix("VP8 ") || ["VP8L", "ALPH"].contains(part.name) {
      body += chunk(part.name, Array(part.content))
    }
    if let exif = metadata.exif { body += chunk("EXIF", exif) }
    if let xmp { body += chunk("XMP ", Array(xmp.utf8)) }
    return Array("RIFF".utf8) + bytes(body.count + 4, 4) + Array("WEBP".utf8) + body
  }

  private static func chunks(of file: [UInt8]) -> [(name: String, content: ArraySlice<UInt8>)] {
    var found: [(String, ArraySlice<UInt8>)] = []
    var at = 12
    while at + 8 <= file.count {
      let length = little(file[at + 4..<at + 8])
      let end = min(at + 8 + length, file.count)
      found.append((String(decoding: file[at..<at + 4], as: UTF8.self), file[at + 8..<end]))
      at += 8 + length + length % 2
    }
    return found
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    Array(name.utf8) + bytes(content.count, 4) + content + (content.count % 2 == 1 ? [0] : [])
  }

  private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func little(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
