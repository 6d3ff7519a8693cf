/// A model that cannot be written or read as ONNX, and why.
public enum ONNXError: Error, Hashable, CustomStringConvertible {
  /// A computation has a step that ONNX is not told how to do here.
  case notExportable(String)
  /// The bytes are no model, or one that does not fit what it is given.
  case unreadable(String)
  /// A model has an operator, or a way of using one, that is not known here.
  case unsupported(operator: String, reason: String)

  public var description: String {
    switch self {
    case .notExportable(let reason): "cannot be written as ONNX: \(reason)"
    case .unreadable(let reason): "cannot be read as ONNX: \(reason)"
    case .unsupported(let name, let reason): "the operator \(name) is not supported: \(reason)"
    }
  }
}
