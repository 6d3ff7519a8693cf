public import Foundation

/// A network as Caffe writes it, byte by byte, so that a test of the reader does not rest on it.
public struct CaffeFile {
  /// How the numbers of an array are stored.
  public enum Storage: CaseIterable, Sendable {
    /// One after the other.
    case packed
    /// Each as a field of its own, and so the sizes of the shape.
    case apart
    /// In half precision, as NVIDIA's fields.
    case half
  }

  public private(set) var data = field(1, Data("a network".utf8))

  public init() {}

  /// Adds a layer with its arrays.
  public mutating func add(
    _ name: String, _ arrays: [(shape: [Int], values: [Float])], _ storage: Storage = .packed
  ) {
    let blobs = arrays.map { Self.field(7, Self.blob($0.shape, $0.values, storage)) }
    addLayer(Self.field(1, Data(name.utf8)) + Self.field(2, Data("Kind".utf8)) + blobs.joined())
  }

  public mutating func addLayer(_ layer: Data) { data += Self.field(100, layer) }

  public static func blob(_ shape: [Int], _ values: [Float], _ storage: Storage) -> Data {
    switch storage {
    case .packed:
      field(7, field(1, Data(shape.flatMap(number))))
        + field(5, Data(values.flatMap { bytes($0.bitPattern) }))
    case .apart:
      Data(values.flatMap { number(5 << 3 | 5) + bytes($0.bitPattern) })
        + field(7, Data(shape.flatMap { number(1 << 3) + number($0) }))
    case .half:
      field(7, field(1, Data(shape.flatMap(number)))) + Data(number(10 << 3) + number(2))
        + field(12, Data(values.flatMap { bytes(Float16($0).bitPattern) }))
    }
  }

  /// A field that says how long it is.
  public static func field(_ field: Int, _ content: Data) -> Data {
    Data(number(field << 3 | 2) + number(content.count)) + content
  }

  /// Seven bits in each byte, lowest first.
  public static func number(_ value: Int) -> [UInt8] {
    var (rest, bytes) = (UInt64(bitPattern: Int64(value)), [UInt8]())
    while rest > 0x7F {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  private static func bytes(_ word: some FixedWidthInteger) -> [UInt8] {
    (0..<word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}
