internal import Foundation

// Arrays of NumPy 1 and 2, whose modules differ in an underscore. Their bytes lie in the pickle.

extension Unpickler {
  mutating func numPy(_ name: String, _ arguments: [Value]) throws(FormatError) -> Value? {
    switch name.replacing("numpy._core.", with: "numpy.core.") {
    case "numpy.core.multiarray._reconstruct":
      guard let type = arguments.first.flatMap(symbolName), type == "numpy.ndarray" else {
        throw Self.isDamaged
      }
      return made(.numPyArray(nil))
    case "numpy.core.multiarray.scalar":
      guard arguments.count == 2, case .numPyType(let type)? = object(arguments[0])?.kind else {
        throw Self.isDamaged
      }
      return made(.numPyArray(try array(type, shape: [], isFortran: false, arguments[1])))
    case "numpy.core.numeric._frombuffer":
      guard arguments.count == 4, case .numPyType(let type)? = object(arguments[1])?.kind else {
        throw Self.isDamaged
      }
      return made(
        .numPyArray(
          try array(
            type, shape: try integers(arguments[2]), isFortran: arguments[3].name == "F",
            arguments[0])))
    case "numpy.dtype":
      guard let type = arguments.first?.name else { throw Self.isDamaged }
      return made(.numPyType(try NumPyType(type)))
    default: return nil
    }
  }

  /// - Parameter state: Version, shape, type, whether the first axis varies fastest, bytes.
  func numPyArray(state: [Value]) throws(FormatError) -> StoredArray {
    guard state.count == 5, case .numPyType(let type)? = object(state[2])?.kind,
      case .boolean(let isFortran) = state[3]
    else { throw Self.isDamaged }
    return try array(type, shape: try integers(state[1]), isFortran: isFortran, state[4])
  }

  private func array(
    _ type: NumPyType, shape: [Int], isFortran: Bool, _ bytes: Value
  ) throws(FormatError) -> StoredArray {
    guard case .bytes(let bytes) = bytes else { throw Self.isDamaged }
    return try StoredArray(numPy: type, shape: shape, isFortran: isFortran, storage: bytes)
  }
}

extension StoredArray {
  /// An array of NumPy's, whose first axis may vary fastest.
  init(
    numPy type: NumPyType, shape: [Int], isFortran: Bool, storage: Data
  ) throws(FormatError) {
    let strides = try Self.rowMajorStrides(isFortran ? shape.reversed() : shape)
    try self.init(
      type.type, shape: shape, strides: isFortran ? strides.reversed() : strides,
      isBigEndian: type.isBigEndian, storage: storage)
  }
}
