internal import Emotion
internal import Foundation
internal import Media
internal import MediaTypes

/// What to measure the emotion networks on.
public struct EmotionEvaluationOptions: Sendable {
  /// A folder with one folder of pictures per emotion.
  public var data: String
  /// Weight files instead of the installed ones.
  public var classifierA: String?
  public var classifierB: String?
  public var emodnn: String?
  /// A folder with one folder of photographs per person, to measure how far people stay themselves.
  public var people: String?
  /// Faces changed to each emotion.
  public var count = 1000
  /// A folder for the confusion matrices and a grid of changed faces, as PNG.
  public var figures: String?

  public init(data: String) { self.data = data }
}

/// How well emotions are recognized and changed.
public struct EmotionEvaluation: Sendable {
  /// A classifier on faces as they are, and on changed ones if there is an EmoDNN.
  struct Judgement: Sendable {
    let name: String
    let real: ConfusionMatrix
    let changed: ConfusionMatrix?
  }

  let judgements: [Judgement]
  let identity: IdentityEvaluation?
  public internal(set) var failures: [String]
  public internal(set) var seconds: Double
}

/// Measures both classifiers on faces that show each emotion and, if there are weights of EmoDNN, on
/// faces that it has changed: tables 6 to 8 and figures 4 and 5 of the paper, and a grid like its A1.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, section 4.
///
/// - Parameter report: Is told what is being done.
/// - Throws: ``PipelineError`` if the folder or the classifiers' weights cannot be read, or are of
///   different emotions.
public func evaluateEmotion(
  _ options: EmotionEvaluationOptions, in store: ModelStore = .standard,
  report: (String) -> Void
) throws -> EmotionEvaluation {
  let watch = Stopwatch()
  let judges = try store.emotionClassifiers(options.classifierA, options.classifierB)
  let (first, emotions) = (judges[0].design, judges[0].emotions)
  let changer =
    options.emodnn != nil || store.hasWeights(named: "emodnn")
    ? try store.emotionChanger(weights: options.emodnn) : nil
  guard judges[1].design == first, changer?.design ?? first == first,
    changer?.emotions ?? emotions == emotions
  else {
    throw PipelineError.wrongUse("the networks are not of the same emotions and size")
  }
  let folder = try FaceFolder(
    options.data, emotions: emotions, channels: first.channels, limit: first.trainingLimit)
  report("\(folder.faces.faces.count) faces as they are")
  let real = judges.map { $0.confusion(over: folder.faces) }
  if changer != nil { report("\(options.count) faces changed to each emotion") }
  let changed = changer?.confusion(over: folder.faces, count: options.count, judges: judges)
  let judgements = judges.indices.map { index in
    EmotionEvaluation.Judgement(
      name: judges[index].kind.rawValue, real: real[index], changed: changed?[index])
  }
  let identity = try options.people.map { people in
    report("photographs of people")
    return try IdentityEvaluation(
      of: people, changer: changer, detector: store.faceDetector(),
      recognizer: store.faceRecognizer())
  }
  if let figures = options.figures {
    try makeFolder(figures)
    for judgement in judgements {
      try writeStill(judgement.real.figure, to: "\(figures)/\(judgement.name)-real.png")
      if let changed = judgement.changed {
        try writeStill(changed.figure, to: "\(figures)/\(judgement.name)-changed.png")
      }
    }
    if let changer {
      try writeStill(changer.grid(of: folder.faces), to: "\(figures)/grid.png")
    }
  }
  return EmotionEvaluation(
    judgements: judgements, identity: identity, failures: folder.failures, seconds: watch.seconds)
}
