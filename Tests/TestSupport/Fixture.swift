public import Foundation
public import Tensors

/// A golden fixture: the arrays of one safetensors file that an oracle made.
///
/// What its keys mean is in `Tests/Oracles/README.md`. Read here, not with the engine's own reader, so that a test of
/// the engine does not rest on it.
public struct Fixture: Sendable {
  /// One array in the order of its shape.
  public struct Entry: Sendable {
    public let shape: [Int]
    public let values: [Float]

    /// The array as a constant.
    public var tensor: Tensor { Tensor(values, shape: shape) }
  }

  public let name: String
  public let entries: [String: Entry]

  /// Reads `Fixtures/NAME.safetensors` of a test bundle.
  public init(_ name: String, in bundle: Bundle) throws {
    self.name = name
    let file = "Fixtures/\(name).safetensors"
    guard let url = bundle.url(forResource: file, withExtension: nil) else {
      throw FixtureError.missing(file)
    }
    let bytes = [UInt8](try Data(contentsOf: url))
    let headerSize = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONDecoder().decode(
      [String: Header].self, from: Data(bytes[8..<8 + headerSize]))
    entries = try header.mapValues { entry in
      guard entry.dtype == "F32" else { throw FixtureError.notSinglePrecision(file) }
      let start = 8 + headerSize + entry.data_offsets[0]
      let values = stride(from: start, to: 8 + headerSize + entry.data_offsets[1], by: 4).map {
        at in
        Float(bitPattern: bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
      }
      return Entry(shape: entry.shape, values: values)
    }
  }

  /// The array of a key; one that is missing is a mistake in the test.
  public subscript(key: String) -> Entry {
    guard let entry = entries[key] else {
      fatalError("fixture \(name) has \(entries.keys.sorted()), not \(key)")
    }
    return entry
  }

  /// `input`, or `input.0`, `input.1` and so on.
  public var inputs: [Entry] {
    if let input = entries["input"] { return [input] }
    return (0...).lazy.map { entries["input.\($0)"] }.prefix { $0 != nil }.compactMap { $0 }
  }

  /// What belongs to input `index`, such as its "gradient"; nothing does to a constant.
  public func inputEntry(_ kind: String, _ index: Int) -> Entry? {
    entries["input"] == nil ? entries["\(kind).input.\(index)"] : entries["\(kind).input"]
  }

  /// The entries whose key begins so, under the rest of their key.
  public func entries(under prefix: String) -> [String: Entry] {
    Dictionary(
      uniqueKeysWithValues: entries.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }
}

/// Why a fixture could not be read.
public enum FixtureError: Error {
  case missing(String)
  case notSinglePrecision(String)
}

/// What a safetensors header says of one array.
private struct Header: Decodable {
  let dtype: String
  let shape: [Int]
  // swift-format-ignore: AlwaysUseLowerCamelCase
  let data_offsets: [Int]
}
