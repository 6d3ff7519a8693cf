internal import Foundation

/// A file of `torch.save` or `torch.jit.save` in PyTorch's ZIP format.
///
/// Source: PyTorch, `torch/serialization.py` and `torch/csrc/jit/serialization`. A pickle at
/// `NAME/data.pkl` names storages by keys; their bytes are at `NAME/data/KEY`. TorchScript keeps the
/// constants of its code apart, at `NAME/constants.pkl`.
struct TorchArchive {
  let pickle: Pickle
  private let archive: ZipArchive
  private let folder: String

  /// - Returns: `nil` if the archive holds no pickle.
  init?(_ archive: ZipArchive) throws(FormatError) {
    let suffix = "data.pkl"
    guard
      let name = archive.names.first(where: { $0 == suffix || $0.hasSuffix("/" + suffix) }),
      let data = try archive.entry(name)
    else { return nil }
    self.archive = archive
    folder = String(name.dropLast(suffix.count))
    if let order = try archive.entry(folder + "byteorder"), Data("big".utf8) == order {
      throw FormatError("its numbers are big-endian")
    }
    var unpickler = try Unpickler(data)
    pickle = try unpickler.read()
  }

  /// The arrays below a value of the pickle, and the constants of TorchScript as `constants.INDEX`.
  func arrays(
    in value: Pickle.Value
  ) throws(FormatError) -> [(name: String, array: StoredArray)] {
    var found = try pickle.arrays(in: value, torch: finder("data/"))
    if let constants = try archive.entry(folder + "constants.pkl") {
      var unpickler = try Unpickler(constants)
      let pickle = try unpickler.read()
      found += try pickle.arrays(in: pickle.root, torch: finder("constants/")).map {
        ("constants.\($0.name)", $0.array)
      }
    }
    return found
  }

  /// Finds the storages of a pickle; those that several tensors share are read once.
  private func finder(_ subfolder: String) -> TorchArrays {
    var storages: [String: Data] = [:]
    return { tensor throws(FormatError) in
      let key = tensor.storage.key
      if let storage = storages[key] { return try tensor.array(in: storage) }
      guard let storage = try archive.entry(folder + subfolder + key) else {
        throw FormatError("the storage \(key) is not in it")
      }
      storages[key] = storage
      return try tensor.array(in: storage)
    }
  }
}

extension TorchTensor {
  /// The elements of the view, of which its storage says no more than it has.
  func array(in data: Data) throws(FormatError) -> StoredArray {
    let width = storage.type?.width ?? 1
    let (start, wide) = storage.offset.multipliedReportingOverflow(by: width)
    let (length, long) = storage.count.multipliedReportingOverflow(by: width)
    guard !wide, !long, start >= 0, length >= 0, start <= data.count, length <= data.count - start
    else { throw FormatError("the storage \(storage.key) is cut short or damaged") }
    let first = data.startIndex + start
    return try StoredArray(
      type, shape: shape, strides: strides, offset: offset, storage: data[first..<first + length])
  }
}
