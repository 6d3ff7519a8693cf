internal import Foundation
internal import Kernels
public import Tensors

/// A weight file that cannot be used, and why.
public enum WeightError: Error, Hashable, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  /// Every name that is missing, left over or of another shape.
  case mismatch(path: String, details: [String])

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read the weights \(path): \(reason)"
    case .mismatch(let path, let details):
      "the weights \(path) do not fit the model: \(details.joined(separator: "; "))"
    }
  }
}

/// Named arrays in a safetensors file, mapped into memory and converted when they are asked for.
///
/// Format: 8 bytes of header length, a JSON header with type, shape and place of each array, then
/// the arrays. Source: huggingface/safetensors, "Format". F32, F16, BF16 and I64 are read.
public struct WeightFile {
  /// Free text by name.
  public let metadata: [String: String]
  /// The shape of each array.
  public var shapes: [String: [Int]] { entries.mapValues(\.shape) }

  let path: String
  private let entries: [String: Entry]
  private let data: Data

  private struct Entry {
    let type: String
    let shape: [Int]
    let range: Range<Int>
  }

  /// Opens a file and checks its header: every array must lie in the file and have the size its
  /// shape says.
  public init(path: String) throws(WeightError) {
    self.path = path
    func refused(_ reason: String) -> WeightError { .unreadable(path: path, reason: reason) }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw refused(FileManager.default.fileExists(atPath: path) ? "not readable" : "no such file")
    }
    guard data.count >= 8 else { throw refused("not a safetensors file") }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - 8), length <= 100_000_000,
      let header = try? JSONSerialization.jsonObject(with: data[8..<8 + Int(length)])
        as? [String: Any]
    else { throw refused("not a safetensors file") }
    let start = 8 + Int(length)
    var entries: [String: Entry] = [:]
    for (name, value) in header where name != "__metadata__" {
      guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
        let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
        offsets.count == 2, shape.allSatisfy({ $0 >= 0 && $0 < 1 << 32 }), shape.count <= 8
      else { throw refused("the entry \(name) is damaged") }
      guard let width = ["F32": 4, "F16": 2, "BF16": 2, "I64": 8][type] else {
        throw refused("\(name) has the unknown type \(type)")
      }
      let (count, overflow) = shape.reduce((1, false)) { total, size in
        let (product, over) = total.0.multipliedReportingOverflow(by: size)
        return (product, total.1 || over)
      }
      guard !overflow, offsets[0] >= 0, offsets[1] >= offsets[0],
        offsets[1] <= data.count - start, (offsets[1] - offsets[0]) % width == 0,
        (offsets[1] - offsets[0]) / width == count
      else { throw refused("\(name) does not lie in the file: it is cut short or damaged") }
      entries[name] = Entry(
        type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
    }
    metadata = header["__metadata__"] as? [String: String] ?? [:]
    self.entries = entries
    self.data = data
  }

  /// One array, as single precision.
  public subscript(name: String) -> Tensor? {
    entries[name].map { Tensor(floats($0), shape: $0.shape) }
  }

  /// Fills a module's parameters: all of them, or nothing and a list of every mismatch.
  ///
  /// - Parameter prefix: What stands before the module's own names in the file; other names are
  ///   left alone.
  public func load(into module: some Module, prefix: String = "") throws(WeightError) {
    var details: [String] = []
    var left = Set(entries.keys.filter { $0.hasPrefix(prefix) })
    let parameters = module.parameters
    for (name, parameter) in parameters {
      let name = prefix + name
      guard let entry = entries[name] else {
        details.append("\(name) is missing")
        continue
      }
      left.remove(name)
      if entry.shape != parameter.shape {
        details.append("\(name) has shape \(entry.shape), not \(parameter.shape)")
      }
    }
    details += left.sorted().map { "\($0) is not known" }
    guard details.isEmpty else { throw .mismatch(path: path, details: details) }
    for (name, parameter) in parameters {
      if let entry = entries[prefix + name] {
        parameter.value = Tensor(floats(entry), shape: entry.shape)
      }
    }
  }

  private func floats(_ entry: Entry) -> [Float] {
    let bytes = data[entry.range]
    let count = entry.shape.reduce(1, *)
    func words<Word: FixedWidthInteger>(_: Word.Type) -> [Word] {
      var words = [Word](repeating: 0, count: count)
      _ = unsafe words.withUnsafeMutableBytes { unsafe bytes.copyBytes(to: $0) }
      return words
    }
    return switch entry.type {
    case "F32": words(UInt32.self).map { Float(bitPattern: $0) }
    case "F16": Buffer(halves: words(UInt16.self)).array
    case "BF16": words(UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default: words(Int64.self).map { Float($0) }
    }
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
