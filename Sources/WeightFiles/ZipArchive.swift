internal import Foundation

/// The entries of a ZIP archive, stored or deflated.
///
/// Sizes and places are those of the central directory, so that data descriptors do not matter.
///
/// Source: PKWARE, "APPNOTE.TXT", sections 4.3 and 4.5.3 (Zip64).
struct ZipArchive {
  /// The names in the order of the directory.
  let names: [String]
  private let entries: [String: Entry]
  private let data: Data

  private struct Entry {
    let isDeflated: Bool
    let checksum: UInt32
    let storedCount, count, offset: Int
  }

  init(_ data: Data) throws(FormatError) {
    self.data = data
    let directory = try Self.directory(of: data)
    var reader = try ByteReader(data, at: directory.offset)
    var names: [String] = []
    var entries: [String: Entry] = [:]
    var stored = 0
    for _ in 0..<directory.count {
      let (name, entry) = try Self.nextEntry(&reader)
      // Entries that share their bytes could be inflated without end.
      guard entry.storedCount <= data.count - stored else {
        throw FormatError("its entries overlap")
      }
      stored += entry.storedCount
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw FormatError("its entry \(name) occurs twice")
      }
      names.append(name)
    }
    self.names = names
    self.entries = entries
  }

  /// The content of an entry, or `nil` if there is none of this name.
  func entry(_ name: String) throws(FormatError) -> Data? {
    guard let entry = entries[name] else { return nil }
    var reader = try ByteReader(data, at: entry.offset)
    guard try reader.integer(UInt32.self) == 0x0403_4B50 else {
      throw FormatError("its entry \(name) is damaged")
    }
    _ = try reader.bytes(22)
    let (nameCount, extraCount) = (
      try reader.count(UInt16.self), try reader.count(UInt16.self)
    )
    _ = try reader.bytes(nameCount + extraCount)
    let stored = try reader.bytes(entry.storedCount)
    let content = entry.isDeflated ? try inflated(stored, count: entry.count) : stored
    guard content.count == entry.count, crc32(of: content) == entry.checksum else {
      throw FormatError("its entry \(name) is damaged")
    }
    return content
  }

  /// Where the central directory begins, and how many entries it has.
  private static func directory(of data: Data) throws(FormatError) -> (offset: Int, count: Int) {
    // The record stands at the end, before a comment of at most 65535 bytes.
    let tail = [UInt8](data.suffix(22 + 65535))
    let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
    let places = stride(from: tail.count - 22, through: 0, by: -1)
    guard let found = places.first(where: { tail[$0...].starts(with: signature) }) else {
      throw FormatError("it is cut short or damaged: a ZIP archive without a directory")
    }
    let place = data.count - tail.count + found
    var reader = try ByteReader(data, at: place + 10)
    let count = try reader.count(UInt16.self)
    _ = try reader.bytes(4)
    let offset = try reader.count(UInt32.self)
    guard count == 0xFFFF || offset == 0xFFFF_FFFF else { return (offset, count) }
    let wide = try wideDirectory(of: data, before: place)
    return wide ?? (offset, count)
  }

  /// The same as the Zip64 record says it, if there is one.
  private static func wideDirectory(
    of data: Data, before end: Int
  ) throws(FormatError) -> (offset: Int, count: Int)? {
    guard end >= 20 else { return nil }
    var locator = try ByteReader(data, at: end - 20)
    guard try locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
    _ = try locator.bytes(4)
    var record = try ByteReader(data, at: try locator.count(UInt64.self))
    guard try record.integer(UInt32.self) == 0x0606_4B50 else {
      throw FormatError("its directory is damaged")
    }
    _ = try record.bytes(28)
    let count = try record.count(UInt64.self)
    _ = try record.bytes(8)
    return (try record.count(UInt64.self), count)
  }

  private static func nextEntry(
    _ reader: inout ByteReader
  ) throws(FormatError) -> (name: String, entry: Entry) {
    guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
      throw FormatError("its directory is damaged")
    }
    _ = try reader.bytes(4)
    let (flags, method) = (try reader.integer(UInt16.self), try reader.integer(UInt16.self))
    _ = try reader.bytes(4)
    let checksum = try reader.integer(UInt32.self)
    var sizes = [0, 0, 0]  // stored, whole, offset
    for index in 0..<2 { sizes[index] = try reader.count(UInt32.self) }
    let nameCount = try reader.count(UInt16.self)
    let extraCount = try reader.count(UInt16.self)
    let commentCount = try reader.count(UInt16.self)
    _ = try reader.bytes(8)
    sizes[2] = try reader.count(UInt32.self)
    let name = try reader.text(nameCount)
    try widen(&sizes, by: try reader.bytes(extraCount))
    _ = try reader.bytes(commentCount)
    guard flags & 1 == 0, method == 0 || method == 8 else {
      throw FormatError("its entry \(name) is encrypted or compressed in an unknown way")
    }
    let entry = Entry(
      isDeflated: method == 8, checksum: checksum, storedCount: sizes[0], count: sizes[1],
      offset: sizes[2])
    return (name, entry)
  }

  /// Takes the numbers that need more than 32 bits from the extra fields.
  private static func widen(_ sizes: inout [Int], by extra: Data) throws(FormatError) {
    var fields = ByteReader(extra)
    while fields.position + 4 <= extra.count {
      let (kind, count) = (try fields.integer(UInt16.self), try fields.count(UInt16.self))
      var field = ByteReader(try fields.bytes(count))
      guard kind == 1 else { continue }
      for index in [1, 0, 2] where sizes[index] == 0xFFFF_FFFF {
        sizes[index] = try field.count(UInt64.self)
      }
    }
  }
}
