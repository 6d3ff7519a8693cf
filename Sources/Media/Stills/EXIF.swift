internal import MediaTypes

/// The one entry of an EXIF block that matters here: how the picture is to be turned.
///
/// Source: CIPA DC-008 (Exif 2.32) section 4.5 and TIFF 6.0 section 2.
enum EXIF {
  /// The orientation that the block asks for, if it has a valid one.
  static func orientation(of exif: [UInt8]) -> Orientation? {
    guard let at = orientationOffset(of: exif) else { return nil }
    return Orientation(rawValue: number(exif, at, 2, isBigEndian(exif)))
  }

  /// The block with its orientation, if it has one, set to upright.
  static func upright(_ exif: [UInt8]) -> [UInt8] {
    guard let at = orientationOffset(of: exif) else { return exif }
    var changed = exif
    changed[at] = isBigEndian(exif) ? 0 : 1
    changed[at + 1] = isBigEndian(exif) ? 1 : 0
    return changed
  }

  private static func orientationOffset(of exif: [UInt8]) -> Int? {
    guard exif.count >= 14, exif[0] == exif[1], exif[0] == 0x49 || exif[0] == 0x4D else {
      return nil
    }
    let isBig = isBigEndian(exif)
    let directory = number(exif, 4, 4, isBig)
    guard directory >= 8, directory + 2 <= exif.count else { return nil }
    for index in 0..<number(exif, directory, 2, isBig) {
      let entry = directory + 2 + 12 * index
      guard entry + 12 <= exif.count else { return nil }
      if number(exif, entry, 2, isBig) == 0x0112, number(exif, entry + 2, 2, isBig) == 3 {
        return entry + 8
      }
    }
    return nil
  }

  private static func isBigEndian(_ exif: [UInt8]) -> Bool { exif[0] == 0x4D }

  private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int, _ isBig: Bool) -> Int {
    let field = bytes[at..<at + count]
    return (isBig ? Array(field) : field.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
}
