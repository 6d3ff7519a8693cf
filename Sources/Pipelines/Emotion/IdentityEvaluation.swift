internal import Emotion
internal import Faces
internal import Foundation
internal import Imaging
internal import Media

/// How far people stay themselves when their emotion is changed: cosines between embeddings of a
/// network that recognizes faces.
struct IdentityEvaluation: Sendable {
  /// Numbers that were measured.
  struct Sample: Sendable {
    let count: Int
    let mean: Double
    /// From the mean of the sample.
    let deviation: Double

    init(_ values: [Double]) {
      count = values.count
      let mean = values.reduce(0, +) / Double(max(1, count))
      self.mean = mean
      deviation =
        (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, count)))
        .squareRoot()
    }
  }

  /// Two photographs of one person.
  let onePerson: Sample
  /// Photographs of two people.
  let twoPeople: Sample
  /// Photographs and what was made of them, by the emotion asked for.
  let changed: [(emotion: Emotion, sample: Sample)]

  /// Photographs per person.
  private static let limit = 4

  /// Measures photographs of people whom nothing was trained on.
  ///
  /// - Parameter changer: `nil` to measure photographs as they are alone.
  /// - Throws: ``PipelineError`` if there are no two people with faces.
  init(
    of path: String, changer: EmotionChanger?, detector: MTCNN, recognizer: FaceRecognizer
  ) throws {
    var embeddings: [[FaceEmbedding]] = []
    var similarities: [[Double]] = changer?.emotions.map { _ in [] } ?? []
    for person in try PeopleFolder(path).held {
      let count = person.photographs.count
      let taken = min(Self.limit, count)
      var found: [FaceEmbedding] = []
      for index in 0..<taken {
        // A photograph that cannot be read, or has no face, is one less.
        guard let picture = try? readStill(path: person.photographs[index * count / taken]) else {
          continue
        }
        let colors = Raster(rgb: picture)
        guard let face = detector.faces(in: colors).max(by: { $0.box.area < $1.box.area }),
          let embedding = recognizer.embedding(of: face, in: colors)
        else { continue }
        found.append(embedding)
        guard index == 0, let changer else { continue }
        for wanted in changer.emotions.indices {
          guard let changed = changer.changed(face, in: colors, wanted: wanted),
            let again = recognizer.embedding(of: face, in: changed)
          else { continue }
          similarities[wanted].append(embedding.similarity(to: again))
        }
      }
      if !found.isEmpty { embeddings.append(found) }
    }
    guard embeddings.count > 1 else {
      throw PipelineError.unreadable(path: path, reason: "faces of two people are not found in it")
    }
    onePerson = Sample(embeddings.flatMap(Self.similaritiesOfPairs))
    twoPeople = Sample(Self.similaritiesOfPairs(embeddings.map { $0[0] }))
    changed = zip(changer?.emotions ?? [], similarities).map { ($0, Sample($1)) }
  }

  private static func similaritiesOfPairs(_ embeddings: [FaceEmbedding]) -> [Double] {
    embeddings.indices.flatMap { a in
      embeddings[..<a].map { $0.similarity(to: embeddings[a]) }
    }
  }
}

extension EmotionChanger {
  /// The picture with another emotion in a face: in the frame of ``EmotionGenerator``, without the
  /// rounding of a file.
  fileprivate func changed(_ face: Face, in colors: Raster, wanted: Int) -> Raster? {
    guard let crop = FaceCrop(of: face, in: colors, size: design.side) else { return nil }
    var difference = difference(of: crop, wanted: wanted)
    let mask = FaceMasks.oval(of: face, side: design.side)
    difference.values = zip(difference.values, mask.values).map(*)
    let placed = difference.warped(
      by: crop.map.inverse, width: colors.width, height: colors.height, .bicubic,
      border: .constant(0))
    var changed = colors
    for channel in 0..<3 {
      for place in 0..<colors.area {
        let value = changed.values[channel * colors.area + place] + placed.values[place]
        changed.values[channel * colors.area + place] = max(0, min(1, value))
      }
    }
    return changed
  }
}
