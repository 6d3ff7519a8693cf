/// Why a text cannot become a code.
public enum QRCodeError: Error, Hashable, CustomStringConvertible {
  case textTooLong(bytes: Int, limit: Int)
  case textEmpty

  public var description: String {
    switch self {
    case .textTooLong(let bytes, let limit):
      "the text is \(bytes) bytes long, but a mark holds at most \(limit) bytes"
    case .textEmpty: "the text is empty, but a mark must say something"
    }
  }
}
