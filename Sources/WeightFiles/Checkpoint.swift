internal import Foundation

/// The named arrays of a file that any of the usual programs wrote.
///
/// Read are safetensors; what `torch.save` writes (state dictionaries, whole modules of which only
/// the state is taken, the formats before and since PyTorch 1.6) and `torch.jit.save`; pickled
/// dictionaries of NumPy arrays; `.npy` and `.npz`; and networks of dlib and of Caffe. The kind is
/// told from the data, not from the name. Nothing in a file is run: a pickle that calls anything
/// but what makes numbers, containers and arrays is an error.
public struct Checkpoint: Sendable {
  /// In the order of the file.
  public let arrays: [(name: String, array: StoredArray)]

  /// Keys under which training programs keep the weights of the whole beside other things.
  static let wrappers = [
    "state_dict", "model_state_dict", "model_state", "params_ema", "params", "net_g", "generator",
    "model", "weight", "weights",
  ]

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - part: The dotted path of the part that is wanted, such as `net_g`; its end may be what names
  ///     begin with, such as `state_dict.model` of PyTorch Lightning, and what is always gone into
  ///     may be left out. If `nil`: where a
  ///     dictionary has a dictionary or module under one of `state_dict`, `model_state_dict`,
  ///     `model_state`, `params_ema`, `params`, `net_g`, `generator`, `model`, `weight` and
  ///     `weights`, in this order, that is taken, again and again; else everything. A `module.` that
  ///     begins every name, as `DataParallel` leaves it, is left out.
  /// - Throws: ``WeightError/unreadable(path:reason:)``.
  public init(path: String, part: String? = nil) throws(WeightError) {
    do throws(FormatError) {
      try self.init(try mappedFile(path), part: part)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  init(_ data: Data, part: String? = nil) throws(FormatError) {
    let found = try Self.arrays(of: data, part: part)
    guard !found.isEmpty else { throw FormatError("there is no array in it") }
    arrays = found.withoutCommonPrefix("module.")
  }

  private static func arrays(
    of data: Data, part: String?
  ) throws(FormatError) -> [(name: String, array: StoredArray)] {
    if Safetensors.isLikely(data) { return try Safetensors(data).arrays.part(part) }
    if data.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let archive = try ZipArchive(data)
      if let torch = try TorchArchive(archive) {
        let (value, prefix) = try torch.pickle.part(part)
        return try torch.arrays(in: value).part(prefix)
      }
      return try archive.names.filter { $0.hasSuffix(".npy") }.map { name throws(FormatError) in
        (String(name.dropLast(4)), try NumPyFile(try archive.entry(name) ?? Data()).array)
      }.part(part)
    }
    if DlibNetwork.isLikely(data) { return try DlibNetwork(data).arrays.part(part) }
    if data.starts(with: NumPyFile.magic) { return [("array", try NumPyFile(data).array)] }
    if CaffeNetwork.isLikely(data) { return try CaffeNetwork(data).arrays.part(part) }
    guard data.first == 0x80 else { throw FormatError("it is of no known format") }
    if let torch = try LegacyTorchFile(data) {
      let (value, prefix) = try torch.pickle.part(part)
      return try torch.arrays(in: value).part(prefix)
    }
    var unpickler = try Unpickler(data)
    let pickle = try unpickler.read()
    let (value, prefix) = try pickle.part(part)
    return try pickle.arrays(in: value) { tensor throws(FormatError) in
      throw FormatError("the storage \(tensor.storage.key) is not in it")
    }.part(prefix)
  }
}

extension Pickle {
  /// The value at a dotted path, and what of the path is the beginning of names in it.
  ///
  /// Without a path, the value that the known wrappers lead to.
  fileprivate func part(
    _ path: String?
  ) throws(FormatError) -> (value: Value, prefix: String?) {
    guard let path else { return (unwrapped, nil) }
    for start in [root, unwrapped] {
      var (value, rest) = (start, path.split(separator: ".")[...])
      while let key = rest.first, let next = entries(of: value)?[String(key)] {
        value = next
        rest.removeFirst()
      }
      let prefix = rest.joined(separator: ".")
      if prefix.isEmpty { return (value, nil) }
      if entries(of: value)?.keys.contains(where: { $0.hasPrefix(prefix + ".") }) == true {
        return (value, prefix)
      }
    }
    throw FormatError("there is no \(path) in it")
  }

  private var unwrapped: Value {
    var value = root
    for _ in 0..<8 {
      guard let entries = entries(of: value),
        let inner = Checkpoint.wrappers.lazy.compactMap({ entries[$0] }).first(where: holdsMore)
      else { break }
      value = inner
    }
    return value
  }

  /// Whether a value is a dictionary or a module, and not a single array.
  private func holdsMore(_ value: Value) -> Bool {
    switch object(value)?.kind {
    case .dictionary, .record: true
    default: false
    }
  }
}

extension [(name: String, array: StoredArray)] {
  /// Those below a dotted path, without it.
  fileprivate func part(_ path: String?) throws(FormatError) -> Self {
    guard let path else { return self }
    let found = filter { $0.name.hasPrefix(path + ".") }
    guard !found.isEmpty else { throw FormatError("there is no \(path) in it") }
    return found.map { (String($0.name.dropFirst(path.count + 1)), $0.array) }
  }

  fileprivate func withoutCommonPrefix(_ prefix: String) -> Self {
    guard !isEmpty, allSatisfy({ $0.name.hasPrefix(prefix) }) else { return self }
    return map { (String($0.name.dropFirst(prefix.count)), $0.array) }.withoutCommonPrefix(prefix)
  }
}
