internal import Faces
internal import Foundation
internal import Imaging
internal import Media

/// Which faces `--face` asks for, and what it takes to tell.
struct FaceChoice: Sendable {
  let selection: FaceSelection
  /// Where a photograph decides.
  private let recognizer: FaceRecognizer?

  /// The least cosine between embeddings for one person: about 5 % of pairs of photographs of one
  /// person are below, and as many of two people above.
  private static let similarity = 0.9

  static let all = FaceChoice(selection: .all, recognizer: nil)

  private init(selection: FaceSelection, recognizer: FaceRecognizer?) {
    self.selection = selection
    self.recognizer = recognizer
  }

  /// - Parameters:
  ///   - text: What ``Faces/FaceSelection`` is asked for by, or a photograph of the person meant, of
  ///     whom the face is the largest in it.
  ///   - store: Is asked for the networks that a photograph needs.
  /// - Throws: ``PipelineError/wrongUse(_:)`` for neither, ``PipelineError/noFace(path:)`` for a
  ///   photograph without a face.
  init(asked text: String, in store: ModelStore) throws {
    if let selection = FaceSelection(asked: text) {
      self.init(selection: selection, recognizer: nil)
      return
    }
    guard FileManager.default.fileExists(atPath: text) else {
      throw PipelineError.wrongUse(
        "--face \(text) is none of all, largest, central, a number from 0, a place X,Y, or a file")
    }
    let colors = Raster(rgb: try readStill(path: text))
    let (detector, recognizer) = (try store.faceDetector(), try store.faceRecognizer())
    let faces = detector.faces(in: colors)
    guard let face = faces.max(by: { $0.box.area < $1.box.area }),
      let embedding = recognizer.embedding(of: face, in: colors)
    else { throw PipelineError.noFace(path: text) }
    self.init(
      selection: .like(embedding, similarity: Self.similarity), recognizer: recognizer)
  }

  /// The faces meant among those of a picture.
  func chosen(from faces: [Face], in colors: Raster) -> [Face] {
    let usable = recognizer == nil ? faces : faces.filter { $0.eyeDistance > 0 }
    return selection.chosen(from: usable, width: colors.width, height: colors.height) { face in
      guard let embedding = recognizer?.embedding(of: face, in: colors) else {
        preconditionFailure("a face without an extent, or nobody to recognize it")
      }
      return embedding
    }
  }
}

extension FaceSelection {
  /// `all`, `largest`, `central`, a number that counts from 0 at the left, or a place `X,Y` in
  /// samples; `nil` for anything else.
  init?(asked text: String) {
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
        return nil
      }
    }
  }
}
