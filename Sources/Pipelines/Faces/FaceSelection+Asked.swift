internal import Faces
internal import Imaging

extension FaceSelection {
  /// What `--face` asks for: `all`, `largest`, `central`, a number that counts from 0 at the left, or
  /// a place `X,Y` in samples.
  ///
  /// - Throws: ``PipelineError/wrongUse(_:)`` for anything else.
  init(asked text: String) throws(PipelineError) {
    let place = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    switch text {
    case "all": self = .all
    case "largest": self = .largest
    case "central": self = .central
    default:
      if let index = Int(text), index >= 0 {
        self = .index(index)
      } else if place.count == 2, let x = place[0], let y = place[1], x.isFinite, y.isFinite {
        self = .at(Point(x: x, y: y))
      } else {
        throw .wrongUse(
          "--face \(text) is none of all, largest, central, a number from 0, or a place X,Y")
      }
    }
  }
}
