// Tensors of PyTorch: views of storages, which lie beside the pickle.

extension Unpickler {
  mutating func torch(_ name: String, _ arguments: [Value]) throws(FormatError) -> Value? {
    switch name {
    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2":
      guard arguments.count >= 4 else { throw Self.isDamaged }
      return try tensor(arguments, type: nil)
    case "torch._utils._rebuild_tensor_v3":
      guard arguments.count >= 7, let type = symbolName(arguments[6]) else {
        throw Self.isDamaged
      }
      return try tensor(arguments, type: try elementType(type, prefix: "torch."))
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      guard let data = arguments.first, case .tensor? = object(data)?.kind else {
        throw Self.isDamaged
      }
      return data
    case "torch._tensor._rebuild_from_type_v2":
      guard arguments.count >= 3,
        symbolName(arguments[0])?.hasPrefix("torch._utils._rebuild_tensor") == true
      else { throw Self.isDamaged }
      return try call(arguments[0], arguments[2])
    case "torch.device": return made(.record)
    default: return nil
    }
  }

  /// What the elements of a storage class are, or `nil` for bytes whose tensors say it.
  func elementType(storage name: String) throws(FormatError) -> ElementType? {
    let plain = name.replacing("torch.cuda.", with: "torch.")
    if plain == "torch.storage.UntypedStorage" || plain == "torch.UntypedStorage" { return nil }
    return try elementType(plain, prefix: "torch.")
  }

  private func elementType(
    _ name: String, prefix: String
  ) throws(FormatError) -> ElementType {
    guard name.hasPrefix(prefix),
      let type = ElementType(torch: String(name.dropFirst(prefix.count)))
    else { throw FormatError("a tensor in it has the unknown type \(name)") }
    return type
  }

  /// - Parameter arguments: Storage, offset, shape, strides.
  private mutating func tensor(
    _ arguments: [Value], type: ElementType?
  ) throws(FormatError) -> Value {
    guard case .storage(let storage)? = object(arguments[0])?.kind,
      let type = type ?? storage.type, let offset = arguments[1].integer
    else { throw Self.isDamaged }
    return made(
      .tensor(
        TorchTensor(
          storage: storage, type: type, shape: try integers(arguments[2]),
          strides: try integers(arguments[3]), offset: offset)))
  }

  func integers(_ value: Value) throws(FormatError) -> [Int] {
    let values = try items(value)
    let integers = values.compactMap(\.integer)
    guard integers.count == values.count else { throw Self.isDamaged }
    return integers
  }
}
