internal import Foundation

// The functions that a pickle may call, and what becomes of the rest.

extension Unpickler {
  /// What a name stands for: itself.
  ///
  /// A built-in function is refused at once, since no model's class is among them.
  mutating func symbol(_ name: String) throws(FormatError) -> Value {
    let module = name.prefix { $0 != "." }
    let harmless = [
      "object", "int", "float", "str", "bool", "bytes", "bytearray", "list", "tuple", "dict", "set",
      "frozenset", "complex", "slice",
    ]
    if module == "builtins" || module == "__builtin__",
      !harmless.contains(String(name.dropFirst(module.count + 1)))
    {
      throw FormatError("it wants to use \(name)")
    }
    return made(.symbol(name))
  }

  /// REDUCE: a function, called.
  mutating func call(_ function: Value, _ arguments: Value) throws(FormatError) -> Value {
    guard let name = symbolName(function) else { throw Self.isDamaged }
    let arguments = try items(arguments)
    if let made = try container(name, arguments) { return made }
    if let made = try torch(name, arguments) { return made }
    if let made = try numPy(name, arguments) { return made }
    throw FormatError("it wants to call \(name)")
  }

  /// NEWOBJ: an instance of a class.
  mutating func instance(of type: Value, _ arguments: Value) throws(FormatError) -> Value {
    guard let name = symbolName(type) else { throw Self.isDamaged }
    if let made = try container(name, try items(arguments)) { return made }
    return made(.record)
  }

  /// BUILD: gives an object its state.
  mutating func build(_ target: Value, _ state: Value) throws(FormatError) {
    switch object(target)?.kind {
    case .record: give(target, state: state)
    case .numPyType(var type):
      guard case .text(let order)? = try items(state).dropFirst().first else {
        throw Self.isDamaged
      }
      type.isBigEndian = order == ">"
      give(target, .numPyType(type))
    case .numPyArray: give(target, .numPyArray(try numPyArray(state: try items(state))))
    case .dictionary, .list, .tensor: break  // attributes such as `_metadata`, which hold no arrays
    default: throw Self.isDamaged
    }
  }

  /// BINPERSID: what PyTorch keeps beside the pickle.
  mutating func persistent(_ identifier: Value) throws(FormatError) -> Value {
    let parts = try items(identifier)
    if parts.count == 4, parts[0].name == "module" { return parts[1] }
    guard parts.count >= 5, parts[0].name == "storage", let type = symbolName(parts[1]),
      let key = parts[2].name, let count = parts[4].integer
    else { throw Self.isDamaged }
    var storage = TorchStorage(
      type: try elementType(storage: type), key: key, count: count, offset: 0)
    if parts.count > 5, let view = object(parts[5])?.items {
      guard view.count == 3, let offset = view[1].integer, let count = view[2].integer else {
        throw Self.isDamaged
      }
      storage = TorchStorage(type: storage.type, key: key, count: count, offset: offset)
    }
    return made(.storage(storage))
  }

  private mutating func container(
    _ name: String, _ arguments: [Value]
  ) throws(FormatError) -> Value? {
    switch name.replacing("__builtin__.", with: "builtins.") {
    case "collections.OrderedDict", "collections.Counter", "builtins.dict":
      return try dictionary(of: arguments.first)
    case "collections.defaultdict":  // the first argument makes what is missing
      return try dictionary(of: arguments.dropFirst().first)
    case "builtins.set", "builtins.frozenset", "builtins.list":
      return try copied(arguments.first, as: .list)
    case "builtins.tuple", "torch.Size": return try copied(arguments.first, as: .tuple)
    case "builtins.bytes", "builtins.bytearray", "_codecs.encode": return try bytes(of: arguments)
    case "copyreg._reconstructor", "copy_reg._reconstructor": return made(.record)
    case "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist",
      "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist",
      "torch.jit._pickle.restore_type_tag":
      return arguments.first
    default: return nil
    }
  }

  private mutating func copied(
    _ list: Value?, as kind: Pickle.Kind
  ) throws(FormatError) -> Value {
    guard let list else { return made(kind) }
    let items = try items(list)
    try spend(items.count)
    return made(kind, items)
  }

  /// A dictionary of pairs, or of what another holds.
  private mutating func dictionary(of source: Value?) throws(FormatError) -> Value {
    guard let source else { return made(.dictionary) }
    if case .dictionary? = object(source)?.kind {
      let items = object(source)?.items ?? []
      try spend(items.count)
      return made(.dictionary, items)
    }
    var content: [Value] = []
    for pair in try items(source) {
      let pair = try items(pair)
      guard pair.count == 2 else { throw Self.isDamaged }
      content += pair
    }
    try spend(content.count)
    return made(.dictionary, content)
  }

  /// Bytes from bytes, or from text whose characters are bytes: how Python 3 says bytes in
  /// protocol 2.
  private mutating func bytes(of arguments: [Value]) throws(FormatError) -> Value {
    switch arguments.first {
    case nil: return .bytes(Data())
    case .bytes: return arguments[0]
    case .text(let text):
      try spend(text.utf8.count)
      guard arguments.count == 2, ["latin1", "latin-1"].contains(arguments[1].name),
        text.unicodeScalars.allSatisfy({ $0.value < 256 })
      else { throw Self.isDamaged }
      return .bytes(Data(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
    default: throw Self.isDamaged
    }
  }
}
