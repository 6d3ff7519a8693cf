internal import Foundation

/// A place in bytes that moves forward; reading past the end is an error.
struct ByteReader {
  private let data: Data
  /// Bytes read so far.
  private(set) var position = 0

  init(_ data: Data) { self.data = data }

  /// Begins at byte `position`.
  init(_ data: Data, at position: Int) throws(FormatError) {
    self.data = data
    guard position >= 0, position <= data.count else { throw Self.isCutShort }
    self.position = position
  }

  var isAtEnd: Bool { position == data.count }

  private static var isCutShort: FormatError { FormatError("it is cut short or damaged") }

  mutating func bytes(_ count: Int) throws(FormatError) -> Data {
    guard count >= 0, count <= data.count - position else { throw Self.isCutShort }
    let start = data.startIndex + position
    position += count
    return data[start..<start + count]
  }

  /// A number whose first byte is the lowest.
  mutating func integer<Word: FixedWidthInteger>(_: Word.Type) throws(FormatError) -> Word {
    try bytes(MemoryLayout<Word>.size).reversed().reduce(0) {
      $0 << 8 | Word(truncatingIfNeeded: $1)
    }
  }

  /// A count of so many bytes as an `Int`; one that no file can have is an error.
  mutating func count<Word: FixedWidthInteger>(_: Word.Type) throws(FormatError) -> Int {
    guard let count = Int(exactly: try integer(Word.self)) else { throw Self.isCutShort }
    return count
  }

  mutating func text(_ count: Int) throws(FormatError) -> String {
    guard let text = String(bytes: try bytes(count), encoding: .utf8) else {
      throw FormatError("a name in it is not UTF-8")
    }
    return text
  }

  /// Text up to the end of a line, which is read but not part of it.
  mutating func line() throws(FormatError) -> String {
    guard let end = data[(data.startIndex + position)...].firstIndex(of: 0x0A) else {
      throw Self.isCutShort
    }
    let text = try text(end - data.startIndex - position)
    position += 1
    return text
  }
}
