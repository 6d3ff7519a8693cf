internal import Foundation
internal import Kernels
public import Tensors
public import WeightFiles

/// Named arrays in a safetensors file, mapped into memory and converted when they are asked for.
public struct WeightFile {
  /// Free text by name.
  public let metadata: [String: String]
  /// The shape of each array.
  public var shapes: [String: [Int]] { arrays.mapValues(\.shape) }

  let path: String
  private let arrays: [String: StoredArray]

  /// Opens a file and checks its header; see ``WeightFiles/Safetensors/init(path:)``.
  public init(path: String) throws(WeightError) {
    let file = try Safetensors(path: path)
    self.path = path
    metadata = file.metadata
    arrays = Dictionary(file.arrays.map { ($0.name, $0.array) }) { $1 }
  }

  /// One array, as single precision.
  public subscript(name: String) -> Tensor? {
    arrays[name].map { Tensor($0.floats, shape: $0.shape) }
  }

  /// Fills a module's parameters: all of them, or nothing and a list of every mismatch.
  ///
  /// - Parameter prefix: What stands before the module's own names in the file; other names are
  ///   left alone.
  public func load(into module: some Module, prefix: String = "") throws(WeightError) {
    let own = arrays.filter { $0.key.hasPrefix(prefix) }
    try module.load(own, from: path) { prefix + $0 }
  }

  /// How numbers are stored.
  public enum Precision: Sendable {
    case half, single
  }

  /// Writes named tensors; the file appears whole or not at all.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:],
    precision: Precision, path: String
  ) throws {
    var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
    var body = Data()
    for (name, tensor) in tensors {
      let start = body.count
      switch precision {
      case .half:
        unsafe tensor.plain.buffer.halves.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
      case .single: unsafe tensor.array.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
      }
      header[name] =
        [
          "dtype": precision == .half ? "F16" : "F32", "shape": tensor.shape,
          "data_offsets": [start, body.count],
        ] as [String: Any]
    }
    var json = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
    json.append(Data(repeating: 0x20, count: (8 - json.count % 8) % 8))
    var file = Data()
    for byte in 0..<8 { file.append(UInt8(truncatingIfNeeded: json.count >> (8 * byte))) }
    file.append(json)
    file.append(body)
    try file.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Writes all parameters of a module.
  public static func write(
    _ module: some Module, metadata: [String: String] = [:], precision: Precision, path: String
  ) throws {
    try write(
      module.parameters.map { ($0.name, $0.parameter.value) }, metadata: metadata,
      precision: precision, path: path)
  }
}
