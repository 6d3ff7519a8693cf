internal import Emotion
internal import Faces
internal import Foundation
internal import Imaging

/// What classifiers take the faces of a file for.
public struct EmotionDetection: Sendable {
  public let input: String
  public let kind: MediaKind
  /// Their names.
  let classifiers: [String]
  /// All frames, with faces or without.
  public let frameCount: Int
  /// Those with faces.
  let frames: [FrameReading]
  public let seconds: Double

  public var json: JSONValue {
    .object([
      ("input", .string(input)), ("kind", .string(kind.rawValue)),
      ("frameCount", .integer(frameCount)),
      ("faces", .array(FaceSummary.all(of: frames).map(json))),
      (
        "frames",
        .array(
          frames.map { frame in
            .object([
              ("frame", .integer(frame.frame)),
              ("time", frame.time.map { .number($0.rounded(digits: 3)) } ?? .null),
              ("faces", .array(frame.faces.map(json))),
            ])
          })
      ),
      ("seconds", .number(seconds.rounded(digits: 3))),
    ])
  }

  /// A line for each face.
  public var text: String {
    FaceSummary.all(of: frames).map { face in
      let answers = zip(classifiers, zip(face.reading.answers, face.reading.probabilities)).map {
        "\($0) \($1.0.rawValue) \(percent(Double($1.1.max() ?? 0)))"
      }
      let verdict =
        face.reading.agreed == nil
        ? "they differ" : classifiers.count == 2 ? "both agree" : "they agree"
      var line = "face \(face.identity) at \(Int(face.box.center.x)),\(Int(face.box.center.y))"
      if let times = face.times {
        line += ", \(times.lowerBound.rounded(digits: 1))–\(times.upperBound.rounded(digits: 1)) s"
      }
      line += ": \(answers.joined(separator: ", ")); \(verdict)"
      if kind == .video { line += ", in \(percent(face.agreement)) of \(face.frames) frames" }
      return line
    }.joined(separator: "\n")
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

  private func json(_ face: FaceSummary) -> JSONValue {
    .object(
      [
        ("face", .integer(face.identity)), ("frames", .integer(face.frames)),
        ("from", face.times.map { .number($0.lowerBound.rounded(digits: 3)) } ?? .null),
        ("to", face.times.map { .number($0.upperBound.rounded(digits: 3)) } ?? .null),
      ] + members(face.box, face.reading)
        + [("agreement", .number(face.agreement.rounded(digits: 4)))])
  }

  private func json(_ face: FaceReading) -> JSONValue {
    .object([("face", .integer(face.identity))] + members(face.box, face.reading))
  }

  private func members(
    _ box: FaceBox, _ reading: EmotionReading
  ) -> [(key: String, value: JSONValue)] {
    let edges = [box.left, box.top, box.right, box.bottom]
    let answers = zip(classifiers, zip(reading.answers, reading.probabilities)).map {
      name, answer -> (key: String, value: JSONValue) in
      let shares = zip(reading.emotions, answer.1).map {
        (key: $0.rawValue, value: JSONValue.number(Double($1).rounded(digits: 4)))
      }
      return (
        name,
        .object([("emotion", .string(answer.0.rawValue)), ("probabilities", .object(shares))])
      )
    }
    return [("box", .array(edges.map { .number($0.rounded(digits: 1)) }))] + answers
      + [("agreed", .optional(reading.agreed?.rawValue))]
  }
}
