/// A failure that none of the parts used has a name for.
public enum PipelineError: Error, Hashable, CustomStringConvertible {
  /// What was asked for does not exist or does not fit together; the sentence says what.
  case wrongUse(String)
  /// A picture or film in which there is no face, or none of those that are meant.
  case noFace(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// Weights that are not those of a model: every name that is missing, left over or of another
  /// shape.
  case unfit(path: String, model: String, details: [String])

  public var description: String {
    switch self {
    case .wrongUse(let sentence): sentence
    case .noFace(let path): "no face was found in \(path), or none that was asked for"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .unfit(let path, let model, let details):
      (["the weights \(path) do not fit \(model):"] + details).joined(separator: "\n  ")
    }
  }
}
