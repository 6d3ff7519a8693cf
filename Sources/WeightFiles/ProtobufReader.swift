internal import Foundation

/// The fields of a message as Protocol Buffers store it, one after the other.
///
/// Source: Protocol Buffers, "Encoding". Groups, which nothing writes any more, are an error.
struct ProtobufReader {
  enum Value {
    case number(UInt64)
    /// Four or eight bytes, lowest first.
    case fixed(Data)
    /// Text, a message, or numbers one after the other.
    case bytes(Data)
  }

  private var reader: ByteReader

  init(_ message: Data) { reader = ByteReader(message) }

  private static var isDamaged: FormatError { FormatError("it is cut short or damaged") }

  /// The next field, or `nil` at the end.
  mutating func next() throws(FormatError) -> (field: UInt64, value: Value)? {
    guard !reader.isAtEnd else { return nil }
    let key = try number()
    guard key >> 3 > 0 else { throw Self.isDamaged }
    switch key & 7 {
    case 0: return (key >> 3, .number(try number()))
    case 1: return (key >> 3, .fixed(try reader.bytes(8)))
    case 2:
      guard let count = Int(exactly: try number()) else { throw Self.isDamaged }
      return (key >> 3, .bytes(try reader.bytes(count)))
    case 5: return (key >> 3, .fixed(try reader.bytes(4)))
    default: throw Self.isDamaged
    }
  }

  /// All numbers of a field that has them one after the other.
  static func numbers(_ packed: Data) throws(FormatError) -> [UInt64] {
    var message = ProtobufReader(packed)
    var numbers: [UInt64] = []
    while !message.reader.isAtEnd { numbers.append(try message.number()) }
    return numbers
  }

  /// Seven bits in each byte, lowest first; the eighth says that there are more.
  private mutating func number() throws(FormatError) -> UInt64 {
    var number: UInt64 = 0
    for place in 0..<10 {
      let byte = try reader.integer(UInt8.self)
      number |= UInt64(byte & 0x7F) << UInt64(7 * place)
      if byte < 0x80 { return number }
    }
    throw Self.isDamaged
  }
}
