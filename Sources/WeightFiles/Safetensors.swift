internal import Foundation

/// The arrays of a safetensors file.
///
/// Format: 8 bytes of header length, a JSON header with type, shape and place of each array, then
/// the arrays, one after another without gaps. Source: huggingface/safetensors, "Format".
public struct Safetensors: Sendable {
  /// Free text by name.
  public let metadata: [String: String]
  /// In the order of the file.
  public let arrays: [(name: String, array: StoredArray)]

  /// Opens a file and checks its header: every array must lie in the file and have the size its
  /// shape says; none may be named twice or lie over another.
  public init(path: String) throws(WeightError) {
    do throws(FormatError) {
      try self.init(try mappedFile(path))
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  init(_ data: Data) throws(FormatError) {
    var reader = ByteReader(data)
    guard let length = try? reader.count(UInt64.self), length <= 100_000_000,
      let text = try? reader.bytes(length),
      let header = try? JSONSerialization.jsonObject(with: text) as? [String: Any]
    else { throw FormatError("not a safetensors file") }
    let keys = header.values.reduce(header.count) { $0 + (($1 as? [String: Any])?.count ?? 0) }
    guard Self.keyCount(text) == keys else { throw FormatError("a name in it occurs twice") }

    let body = data.dropFirst(reader.position)
    var entries: [(name: String, array: StoredArray, range: Range<Int>)] = []
    for (name, value) in header where name != "__metadata__" {
      guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
        offsets.count == 2
      else { throw FormatError("the entry \(name) is damaged") }
      guard let type = ElementType(rawValue: type) else {
        throw FormatError("\(name) has the unknown type \(type)")
      }
      guard offsets[0] >= 0, offsets[1] >= offsets[0], offsets[1] <= body.count else {
        throw FormatError("\(name) does not lie in the file: it is cut short or damaged")
      }
      let range = offsets[0]..<offsets[1]
      let array = try StoredArray(
        type, shape: shape,
        storage: body[body.startIndex + range.lowerBound..<body.startIndex + range.upperBound])
      guard range.count == array.count * type.width else {
        throw FormatError("\(name) has another size than its shape says")
      }
      entries.append((name, array, range))
    }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name)
        < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    let ends = [0] + entries.map(\.range.upperBound)
    guard zip(ends, entries).allSatisfy({ $0 == $1.range.lowerBound }), ends.last == body.count
    else { throw FormatError("its arrays overlap or leave gaps: it is cut short or damaged") }
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    arrays = entries.map { ($0.name, $0.array) }
  }

  /// Whether the data begins as a file of this format does.
  static func isLikely(_ data: Data) -> Bool {
    var reader = ByteReader(data)
    guard let length = try? reader.count(UInt64.self) else { return false }
    return length <= data.count - 8 && data.dropFirst(8).first == UInt8(ascii: "{")
  }

  /// How many keys valid JSON has: its colons outside of strings.
  private static func keyCount(_ json: Data) -> Int {
    var (count, isInString, isEscaped) = (0, false, false)
    for byte in json {
      switch byte {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "\""): isInString.toggle()
      case UInt8(ascii: ":") where !isInString: count += 1
      default: break
      }
    }
    return count
  }
}

/// The bytes of a file, read when they are needed.
func mappedFile(_ path: String) throws(FormatError) -> Data {
  do {
    return try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
  } catch {
    throw FormatError(
      FileManager.default.fileExists(atPath: path) ? "not readable" : "no such file")
  }
}
