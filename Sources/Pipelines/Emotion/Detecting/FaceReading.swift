internal import Emotion
internal import Faces

/// What classifiers make of a face.
struct EmotionReading: Sendable {
  let emotions: [Emotion]
  /// By classifier, then by emotion.
  let probabilities: [[Float]]

  /// What each classifier takes for likeliest.
  var answers: [Emotion] { probabilities.map { emotions[likeliest($0)] } }

  /// What all of them say, if they say the same.
  var agreed: Emotion? {
    answers.allSatisfy { $0 == answers.first } ? answers.first : nil
  }

  /// The mean of readings, of which there must be one.
  static func mean(of readings: [EmotionReading]) -> EmotionReading {
    let share = 1 / Float(readings.count)
    let first = readings[0]
    return EmotionReading(
      emotions: first.emotions,
      probabilities: first.probabilities.indices.map { classifier in
        first.emotions.indices.map { emotion in
          readings.reduce(0) { $0 + share * $1.probabilities[classifier][emotion] }
        }
      })
  }
}

/// A face in one frame.
struct FaceReading: Sendable {
  /// The same in all frames in which the face is followed.
  let identity: Int
  let box: FaceBox
  let reading: EmotionReading
}

/// A frame in which there are faces.
struct FrameReading: Sendable {
  /// Counted from 0.
  let frame: Int
  /// In seconds; `nil` for a still.
  let time: Double?
  let faces: [FaceReading]
}

/// A face over all frames in which it was found.
struct FaceSummary: Sendable {
  let identity: Int
  let frames: Int
  /// In seconds; `nil` for a still.
  let times: ClosedRange<Double>?
  /// In the first frame.
  let box: FaceBox
  /// The mean over the frames.
  let reading: EmotionReading
  /// The share of the frames in which the classifiers agree.
  let agreement: Double

  /// One for each face, in the order in which they came up.
  static func all(of frames: [FrameReading]) -> [FaceSummary] {
    var found: [Int: [(time: Double?, face: FaceReading)]] = [:]
    for frame in frames {
      for face in frame.faces { found[face.identity, default: []].append((frame.time, face)) }
    }
    return found.sorted { $0.key < $1.key }.map { identity, readings in
      let times = readings.compactMap(\.time)
      let agreed = readings.count { $0.face.reading.agreed != nil }
      return FaceSummary(
        identity: identity, frames: readings.count,
        times: times.first.flatMap { first in times.last.map { first...max(first, $0) } },
        box: readings[0].face.box, reading: .mean(of: readings.map(\.face.reading)),
        agreement: Double(agreed) / Double(readings.count))
    }
  }
}
