internal import Emotion
internal import Foundation

/// What to train EmoDNN on, for how long, and where the results go.
public struct EmotionTrainingOptions: Sendable {
  /// A folder with one folder of pictures per emotion.
  public var data: String
  /// Weights of classifier A, whose design and emotions EmoDNN takes over.
  public var classifier: String
  public var run: TrainingRunOptions
  /// Weights of EmoDNN and, beside them, of its discriminator to begin with instead of random ones.
  public var initial: String?
  /// The length of the whole run, which the learning rates fall over.
  public var epochs: Int?
  /// What classifier A's verdict counts; more is more convincing and looks less natural.
  public var classificationWeight: Double?

  public init(data: String, classifier: String, run: TrainingRunOptions) {
    self.data = data
    self.classifier = classifier
    self.run = run
  }
}

/// Trains EmoDNN and its discriminator until the epochs or minutes are over.
///
/// SIGINT or SIGTERM ends the run after the step at hand, with a checkpoint.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainEmotion(
  _ options: EmotionTrainingOptions, report: @Sendable (String) -> Void
) throws {
  let classifier = try EmotionClassifier(weightsPath: options.classifier)
  let design = classifier.design
  var settings = EmotionSettings()
  if let epochs = options.epochs { settings.epochs = epochs }
  if let batch = options.run.batch { settings.batch = batch }
  if let rate = options.run.rate { (settings.rate, settings.discriminatorRate) = (rate, 2 * rate) }
  if let weight = options.classificationWeight {
    guard weight >= 0 else {
      throw PipelineError.wrongUse("--classification-weight \(weight) is below 0")
    }
    settings.classificationWeight = Float(weight)
  }
  if let seed = options.run.seed { settings.seed = seed }
  let folder = try FaceFolder(
    options.data, emotions: classifier.emotions, channels: design.channels,
    limit: design.trainingLimit)
  for failure in folder.failures { report("left out \(failure)") }
  try folder.checkHolds(settings.batch, path: options.data)
  report("\(folder.faces.faces.count) faces: \(folder.faces.summary)")
  let trainer = EmotionTrainer(settings, classifier: classifier, faces: folder.faces)
  if let path = options.initial {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try trainer.begin(
      weightsPath: path,
      discriminatorPath: "\(folder)/\(EmotionTrainer.discriminatorModel).safetensors")
  }
  try options.run.run(trainer, TrainingLimits(steps: trainer.steps), report: report)
}
