/// What the elements of a stored array are, under the names that safetensors gives them.
public enum ElementType: String, Hashable, Sendable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case boolean = "BOOL"

  /// Bytes of one element.
  var width: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .boolean: 1
    }
  }

  /// The type of a NumPy kind, such as `f`, with so many bytes.
  init?(numPyKind kind: Character, width: Int) {
    switch (kind, width) {
    case ("f", 8): self = .float64
    case ("f", 4): self = .float32
    case ("f", 2): self = .float16
    case ("i", 8): self = .int64
    case ("i", 4): self = .int32
    case ("i", 2): self = .int16
    case ("i", 1): self = .int8
    case ("u", 8): self = .uint64
    case ("u", 4): self = .uint32
    case ("u", 2): self = .uint16
    case ("u", 1): self = .uint8
    case ("b", 1): self = .boolean
    default: return nil
    }
  }

  /// The type whose name PyTorch uses, in `torch.float32` and in `torch.FloatStorage`.
  init?(torch name: String) {
    switch name {
    case "float64", "DoubleStorage": self = .float64
    case "float32", "FloatStorage": self = .float32
    case "float16", "HalfStorage": self = .float16
    case "bfloat16", "BFloat16Storage": self = .bfloat16
    case "int64", "LongStorage": self = .int64
    case "int32", "IntStorage": self = .int32
    case "int16", "ShortStorage": self = .int16
    case "int8", "CharStorage": self = .int8
    case "uint64": self = .uint64
    case "uint32": self = .uint32
    case "uint16": self = .uint16
    case "uint8", "ByteStorage": self = .uint8
    case "bool", "BoolStorage": self = .boolean
    default: return nil
    }
  }
}
