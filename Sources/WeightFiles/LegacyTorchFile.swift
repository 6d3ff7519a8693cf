internal import Foundation

/// A file of `torch.save` as it was before PyTorch 1.6.
///
/// Four pickles (a magic number, the protocol, facts about the system, what was saved), a fifth with
/// the keys of the storages, then each storage: its count of elements and its bytes.
///
/// Source: PyTorch, `torch/serialization.py`, `_legacy_save`.
struct LegacyTorchFile {
  let pickle: Pickle
  private let storages: [String: Data]

  private static let magic = Data([
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ])

  /// - Returns: `nil` if the data does not begin with the magic number.
  init?(_ data: Data) throws(FormatError) {
    var position = 0
    func nextPickle() throws(FormatError) -> Pickle {
      var unpickler = try Unpickler(data, at: position)
      let pickle = try unpickler.read()
      position += pickle.length
      return pickle
    }
    guard case .largeInteger(Self.magic) = try nextPickle().root else { return nil }
    guard try nextPickle().root.integer == 1001 else {
      throw FormatError("it is of an unknown version")
    }
    let system = try nextPickle()
    if case .boolean(false)? = system.entries(of: system.root)?["little_endian"] {
      throw FormatError("its numbers are big-endian")
    }
    pickle = try nextPickle()
    let keys = try nextPickle()
    guard let order = keys.object(keys.root)?.items else {
      throw FormatError("it does not say what its storages are")
    }

    let widths = pickle.storageWidths
    var reader = try ByteReader(data, at: position)
    var storages: [String: Data] = [:]
    for key in order {
      guard let key = key.name, let width = widths[key] else {
        throw FormatError("it has a storage that nothing uses")
      }
      let count = try reader.count(UInt64.self)
      let (length, overflow) = count.multipliedReportingOverflow(by: width)
      guard !overflow else { throw FormatError("the storage \(key) is damaged") }
      storages[key] = try reader.bytes(length)
    }
    self.storages = storages
  }

  func arrays(
    in value: Pickle.Value
  ) throws(FormatError) -> [(name: String, array: StoredArray)] {
    try pickle.arrays(in: value) { tensor throws(FormatError) in
      guard let storage = storages[tensor.storage.key] else {
        throw FormatError("the storage \(tensor.storage.key) is not in it")
      }
      return try tensor.array(in: storage)
    }
  }
}

extension Pickle {
  /// Bytes of an element of each storage.
  fileprivate var storageWidths: [String: Int] {
    var widths: [String: Int] = [:]
    for object in objects {
      guard case .storage(let storage) = object.kind else { continue }
      widths[storage.key] = storage.type?.width ?? 1
    }
    return widths
  }
}
