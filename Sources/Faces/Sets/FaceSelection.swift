public import Imaging

/// Which of the faces in a picture are meant.
public enum FaceSelection: Hashable, Sendable {
  case all
  /// The largest.
  case largest
  /// The one nearest to the middle of the picture.
  case central
  /// By place from left to right, beginning with 0.
  case index(Int)
  /// The one whose box holds a place, or is nearest to it.
  case at(Point)
  /// Those whose embedding is at least so similar to a reference's, most similar first.
  case like(FaceEmbedding, similarity: Double)

  /// The faces meant.
  ///
  /// - Parameters:
  ///   - width: Of the picture.
  ///   - height: Of the picture.
  ///   - embedding: Gives a face's; asked for only where it decides.
  public func chosen(
    from faces: [Face], width: Int, height: Int, embedding: (Face) -> FaceEmbedding
  ) -> [Face] {
    func nearest(_ place: Point) -> [Face] {
      faces.min { ($0.box.center - place).length < ($1.box.center - place).length }.map { [$0] }
        ?? []
    }
    switch self {
    case .all: return faces
    case .largest: return faces.max { $0.box.area < $1.box.area }.map { [$0] } ?? []
    case .central: return nearest(Point(x: Double(width - 1) / 2, y: Double(height - 1) / 2))
    case .index(let index):
      let ordered = faces.sorted { $0.box.center.x < $1.box.center.x }
      return ordered.indices.contains(index) ? [ordered[index]] : []
    case .at(let place):
      let holding = faces.filter {
        place.x >= $0.box.left && place.x <= $0.box.right && place.y >= $0.box.top
          && place.y <= $0.box.bottom
      }
      return holding.min { $0.box.area < $1.box.area }.map { [$0] } ?? nearest(place)
    case .like(let reference, let least):
      let judged = faces.map { (face: $0, similarity: embedding($0).similarity(to: reference)) }
      return judged.filter { $0.similarity >= least }
        .sorted { $0.similarity > $1.similarity }.map(\.face)
    }
  }
}
