internal import Foundation

/// What a pickle built: plain data in an arena, so that neither depth nor cycles can hurt.
///
/// Source: Python's `pickletools` and "Data stream format" of its `pickle`, protocols 2 to 5.
struct Pickle {
  /// A value; containers and the like are named by their place in ``objects``.
  enum Value {
    case none
    case boolean(Bool)
    case integer(Int)
    /// A whole number too large for `Int`, as its bytes, lowest first.
    case largeInteger(Data)
    case number(Double)
    case text(String)
    case bytes(Data)
    case object(Int)
  }

  struct Object {
    var kind: Kind
    /// The items of a list or tuple; keys and values of a dictionary in turn; the states of a record.
    var items: [Value] = []
  }

  enum Kind {
    case list
    case tuple
    case dictionary
    /// An instance of a class that is not known: it keeps what it was given and does nothing.
    case record
    /// A class or function, by its full name alone.
    case symbol(String)
    case storage(TorchStorage)
    case tensor(TorchTensor)
    case numPyType(NumPyType)
    /// An array of NumPy's; `nil` until its state arrives.
    case numPyArray(StoredArray?)
  }

  let root: Value
  let objects: [Object]
  /// Bytes read.
  let length: Int

  func object(_ value: Value) -> Object? {
    if case .object(let index) = value { objects[index] } else { nil }
  }

  /// The values of a dictionary under their keys; the last of a key counts.
  func entries(of value: Value) -> [String: Value]? {
    guard let object = object(value), case .dictionary = object.kind else { return nil }
    return Dictionary(object.pairs.compactMap { key, value in key.name.map { ($0, value) } }) {
      $1
    }
  }
}

extension Pickle.Object {
  /// The keys of a dictionary with their values.
  var pairs: [(key: Pickle.Value, value: Pickle.Value)] {
    stride(from: 0, to: items.count - 1, by: 2).map { (items[$0], items[$0 + 1]) }
  }
}

extension Pickle.Value {
  /// The value as part of a name: text, or the digits of an index.
  var name: String? {
    switch self {
    case .text(let text): text
    case .bytes(let bytes): String(bytes: bytes, encoding: .utf8)  // what Python 2 calls text
    case .integer(let index): String(index)
    default: nil
    }
  }

  var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }
}

/// A piece of memory that PyTorch keeps tensors in, and where its bytes are.
struct TorchStorage {
  /// `nil` where the tensors say it.
  let type: ElementType?
  let key: String
  /// Elements, or bytes where there is no type.
  let count: Int
  /// The element of the stored memory at which it begins.
  let offset: Int
}

/// A view of a storage.
struct TorchTensor {
  let storage: TorchStorage
  let type: ElementType
  let shape, strides: [Int]
  let offset: Int
}
