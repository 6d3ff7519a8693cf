internal import Emotion
internal import Faces
internal import Media
internal import MediaTypes

/// In which faces to look for what.
public struct EmotionDetectionOptions: Sendable {
  /// `all`, `largest`, `central`, a number that counts from 0 at the left, a place `X,Y`, or a
  /// photograph of the person meant.
  public var face = "all"
  /// Weight files instead of the installed ones.
  public var classifierA: String?
  public var classifierB: String?

  public init() {}
}

/// What two classifiers take the faces of a still or of a film for.
///
/// - Parameter input: A file, or `-` for a still on standard input.
/// - Throws: What ``ExitStatus/init(for:)`` sorts, among it ``PipelineError/noFace(path:)`` if there
///   is no face in any frame, or `CancellationError`.
public func detectEmotion(
  _ input: String, options: EmotionDetectionOptions, models store: ModelStore = .standard,
  progress: FrameProgress.Handler? = nil
) async throws -> EmotionDetection {
  let watch = Stopwatch()
  let choice = try FaceChoice(asked: options.face, in: store)
  let media = try OpenedMedia(path: input)
  let classifiers = try store.emotionClassifiers(options.classifierA, options.classifierB)
  let detector = try store.faceDetector()
  let kind: MediaKind = if case .still = media { .still } else { .video }
  var reader = EmotionReader(
    classifiers: classifiers, faces: FollowedFaces(in: kind, choice: choice, detector: detector))
  switch media {
  case .still(let picture): reader.read(picture)
  case .video(let film):
    for try await item in film.items(ahead: 4) {
      guard case .picture(let picture) = item else { continue }
      reader.read(picture)
      progress?(
        FrameProgress(
          framesDone: reader.count, framesExpected: film.frameCountEstimate,
          seconds: watch.seconds))
    }
    try Task.checkCancellation()
  }
  guard !reader.frames.isEmpty else { throw PipelineError.noFace(path: input) }
  return EmotionDetection(
    input: input, kind: kind, classifiers: classifiers.map(\.kind.rawValue),
    frameCount: reader.count, frames: reader.frames, seconds: watch.seconds)
}

/// Reads emotions from frame to frame.
private struct EmotionReader {
  let classifiers: [EmotionClassifier]
  var faces: FollowedFaces
  /// All frames so far.
  private(set) var count = 0
  /// Those with faces.
  private(set) var frames: [FrameReading] = []

  init(classifiers: [EmotionClassifier], faces: FollowedFaces) {
    self.classifiers = classifiers
    self.faces = faces
  }

  mutating func read(_ picture: Picture) {
    let frame = faces.next(picture)
    let readings = frame.faces.filter(\.isFound).compactMap { found -> FaceReading? in
      let probabilities = classifiers.compactMap { classifier -> [Float]? in
        let crop = FaceCrop(of: found.face, in: frame.colors, size: classifier.design.side)
        return crop.flatMap {
          classifier.probabilities(of: $0.input(of: classifier.design)).first
        }
      }
      guard probabilities.count == classifiers.count else { return nil }
      return FaceReading(
        identity: found.identity, box: found.face.box,
        reading: EmotionReading(
          emotions: classifiers[0].emotions, probabilities: probabilities))
    }
    if !readings.isEmpty {
      frames.append(
        FrameReading(frame: count, time: picture.timestamp?.seconds, faces: readings))
    }
    count += 1
  }
}
