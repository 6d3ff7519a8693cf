/// The data codewords of a code that holds one text in byte mode.
///
/// Mode 0100, length in 8 bits, the bytes, up to four zero bits, zeros to the next byte, then
/// 0xEC and 0x11 in turns.
///
/// Source: ISO/IEC 18004:2015, 7.4.5, 7.4.9 and 7.4.10.
enum Payload {
  /// The data codewords for `bytes`, or `nil` if they do not fit.
  static func codewords(for bytes: [UInt8], count: Int) -> [UInt8]? {
    guard bytes.count * 8 + 12 <= count * 8, bytes.count <= 255 else { return nil }
    var result = [UInt8](repeating: 0, count: count)
    result[0] = 0x40 | UInt8(bytes.count >> 4)
    result[1] = UInt8(bytes.count & 15) << 4
    for (i, byte) in bytes.enumerated() {
      result[i + 1] |= byte >> 4
      result[i + 2] |= byte << 4
    }
    for (i, place) in (bytes.count + 2..<max(count, bytes.count + 2)).enumerated() {
      result[place] = i % 2 == 0 ? 0xEC : 0x11
    }
    return result
  }

  /// The text in data codewords, or `nil` if they are not, to the last bit, what ``codewords(for:count:)``
  /// makes of a text in UTF-8.
  static func text(in data: [UInt8]) -> String? {
    guard data.count >= 2, data[0] >> 4 == 4 else { return nil }
    let length = Int(data[0] & 15) << 4 | Int(data[1] >> 4)
    guard length * 8 + 12 <= data.count * 8 else { return nil }
    let bytes = (0..<length).map { data[$0 + 1] << 4 | data[$0 + 2] >> 4 }
    guard codewords(for: bytes, count: data.count) == data else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The bits of the data codewords that are the same for all texts of `length` bytes.
  ///
  /// - Returns: For every bit, most significant first, 0 or 1 where known and `nil` where not.
  static func knownBits(length: Int, count: Int) -> [UInt8?] {
    guard let zeros = codewords(for: [UInt8](repeating: 0, count: length), count: count) else {
      preconditionFailure("\(length) bytes do not fit \(count) data codewords")
    }
    return (0..<count * 8).map { bit in
      (12..<12 + length * 8).contains(bit) ? nil : zeros[bit / 8] >> (7 - bit % 8) & 1
    }
  }
}
