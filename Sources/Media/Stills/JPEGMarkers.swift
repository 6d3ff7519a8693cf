internal import MediaTypes

/// The segments of a JPEG file that say something beside the samples.
///
/// Sources: ITU-T T.81 annex B; JFIF 1.02; ICC.1:2022 annex B.4; CIPA DC-008; XMP part 3.
enum JPEGMarkers {
  private static let exifName = Array("Exif\0\0".utf8)
  private static let profileName = Array("ICC_PROFILE\0".utf8)
  private static let xmpName = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
  private static let jfifName = Array("JFIF\0".utf8)
  /// PNG's keyword for the same.
  static let xmpKeyword = "XML:com.adobe.xmp"
  private static let longest = 65_533

  static func metadata(of file: [UInt8]) -> StillMetadata {
    var metadata = StillMetadata()
    var profile: [(number: UInt8, bytes: ArraySlice<UInt8>)] = []
    for (marker, content) in segments(of: file) {
      switch marker {
      case 0xE0 where content.starts(with: jfifName):
        metadata.resolution = resolution(Array(content))
      case 0xE1 where content.starts(with: exifName):
        metadata.exif = metadata.exif ?? Array(content.dropFirst(exifName.count))
      case 0xE1 where content.starts(with: xmpName):
        let text = String(decoding: content.dropFirst(xmpName.count), as: UTF8.self)
        metadata.texts.append(.init(keyword: xmpKeyword, text: text))
      case 0xE2 where content.starts(with: profileName) && content.count > profileName.count + 2:
        let rest = content.dropFirst(profileName.count)
        profile.append((rest[rest.startIndex], rest.dropFirst(2)))
      case 0xFE:
        metadata.texts.append(
          .init(keyword: "Comment", text: String(decoding: content, as: UTF8.self)))
      default: break
      }
    }
    if !profile.isEmpty {
      metadata.colorProfile = profile.sorted { $0.number < $1.number }.flatMap(\.bytes)
    }
    return metadata
  }

  /// `file`, as an encoder made it, with `metadata` after its first segment.
  static func adding(_ metadata: StillMetadata, to file: [UInt8], isGray: Bool) -> [UInt8] {
    var result = file
    var insertion = 2
    if file.count > 20, file[2] == 0xFF, file[3] == 0xE0 {
      insertion = 4 + Int(file[4]) << 8 + Int(file[5])
      if let resolution = metadata.resolution { setResolution(resolution, in: &result) }
    }
    var added: [UInt8] = []
    if let exif = metadata.exif { added += segment(0xE1, exifName + exif) }
    for text in metadata.texts {
      switch text.keyword {
      case xmpKeyword: added += segment(0xE1, xmpName + Array(text.text.utf8))
      case "Comment": added += segment(0xFE, Array(text.text.utf8))
      default: added += segment(0xFE, Array("\(text.keyword): \(text.text)".utf8))
      }
    }
    if let profile = metadata.colorProfile, profile.isColorProfile(gray: isGray) {
      added += profileSegments(profile)
    }
    result.insert(contentsOf: added, at: insertion)
    return result
  }

  /// The segments before the samples, without their markers and lengths.
  private static func segments(of file: [UInt8]) -> [(marker: UInt8, content: ArraySlice<UInt8>)] {
    var found: [(UInt8, ArraySlice<UInt8>)] = []
    var at = 2
    while at + 4 <= file.count, file[at] == 0xFF {
      let marker = file[at + 1]
      if marker == 0xFF {  // fill byte
        at += 1
        continue
      }
      guard marker != 0xDA, marker != 0xD9 else { break }
      let length = Int(file[at + 2]) << 8 | Int(file[at + 3])
      guard length >= 2, at + 2 + length <= file.count else { break }
      found.append((marker, file[at + 4..<at + 2 + length]))
      at += 2 + length
    }
    return found
  }

  /// A segment; empty if `content` is too long for one.
  private static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
    guard content.count <= longest else { return [] }
    let length = content.count + 2
    return [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
  }

  private static func profileSegments(_ profile: [UInt8]) -> [UInt8] {
    let room = longest - profileName.count - 2
    let count = (profile.count + room - 1) / room
    guard count <= 255 else { return [] }
    return (0..<count).flatMap { index in
      segment(
        0xE2,
        profileName + [UInt8(index + 1), UInt8(count)]
          + profile[index * room..<min((index + 1) * room, profile.count)])
    }
  }

  private static func resolution(_ jfif: [UInt8]) -> StillMetadata.Resolution? {
    guard jfif.count >= 12 else { return nil }
    let (x, y) = (Int(jfif[8]) << 8 | Int(jfif[9]), Int(jfif[10]) << 8 | Int(jfif[11]))
    guard x > 0, y > 0 else { return nil }
    return switch jfif[7] {
    case 1: .init(x: (x * 10_000 + 127) / 254, y: (y * 10_000 + 127) / 254)  // per inch
    case 2: .init(x: x * 100, y: y * 100)  // per centimetre
    default: nil
    }
  }

  private static func setResolution(_ resolution: StillMetadata.Resolution, in file: inout [UInt8])
  {
    let perInch = { (value: Int) in min((value * 254 + 5000) / 10_000, 65_535) }
    let (x, y) = (perInch(resolution.x), perInch(resolution.y))
    file[13] = 1
    file.replaceSubrange(
      14..<18, with: [UInt8(x >> 8), UInt8(x & 0xFF), UInt8(y >> 8), UInt8(y & 0xFF)])
  }
}
