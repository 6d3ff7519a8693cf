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

/// Bytes that are not what their format wants; the reason completes "cannot read …:".
struct FormatError: Error, Hashable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
