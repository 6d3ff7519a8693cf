internal import Emotion

/// What to train a classifier on, for how long, and where the results go.
public struct ClassifierTrainingOptions: Sendable {
  /// A folder with one folder of pictures per emotion.
  public var data: String
  /// The same of other people, which decides which weights are kept.
  public var validation: String?
  public var run: TrainingRunOptions
  /// `classifier-a` or `classifier-b`.
  public var model = ClassifierKind.residual.rawValue
  public var design = EmotionDesign.Name.face48.rawValue
  /// Weights to begin with instead of random ones.
  public var initial: String?
  /// The length of the whole run, which the learning rate falls over.
  public var epochs: Int?

  public init(data: String, run: TrainingRunOptions) {
    self.data = data
    self.run = run
  }
}

/// Trains one of the two classifiers of emotions until the epochs or minutes are over.
///
/// SIGINT or SIGTERM ends the run after the step at hand, with a checkpoint.
///
/// - Parameter report: Is given a line of the log now and then.
public func trainClassifier(
  _ options: ClassifierTrainingOptions, report: @Sendable (String) -> Void
) throws {
  guard let kind = ClassifierKind(rawValue: options.model) else {
    throw PipelineError.wrongUse(
      "there is no classifier \(options.model), only "
        + ClassifierKind.allCases.map(\.rawValue).joined(separator: ", "))
  }
  let design = try EmotionDesign(asked: options.design)
  var settings = ClassifierSettings(kind)
  if let epochs = options.epochs { settings.epochs = epochs }
  if let batch = options.run.batch { settings.batch = batch }
  if let rate = options.run.rate { settings.rate = rate }
  if let seed = options.run.seed { settings.seed = seed }
  let folder = try FaceFolder(
    options.data, channels: design.channels, limit: design.trainingLimit)
  for failure in folder.failures { report("left out \(failure)") }
  try folder.checkHolds(settings.batch, path: options.data)
  report("\(folder.faces.faces.count) faces: \(folder.faces.summary)")
  let validation = try options.validation.map {
    try FaceFolder(
      $0, emotions: folder.faces.emotions, channels: design.channels, limit: design.trainingLimit)
  }
  switch kind {
  case .residual:
    try run(
      ClassifierTrainer<ResidualClassifier>(
        settings, design: design, faces: folder.faces, validation: validation?.faces),
      options, report)
  case .convolutional:
    try run(
      ClassifierTrainer<ConvolutionalClassifier>(
        settings, design: design, faces: folder.faces, validation: validation?.faces),
      options, report)
  }
}

private func run<Network: ClassifierNetwork>(
  _ trainer: ClassifierTrainer<Network>, _ options: ClassifierTrainingOptions,
  _ report: @Sendable (String) -> Void
) throws {
  if let path = options.initial { try trainer.begin(weightsPath: path) }
  var limits = TrainingLimits(steps: trainer.steps.all)
  limits.validationInterval = options.validation == nil ? nil : trainer.steps.perEpoch
  limits.checkpointInterval = trainer.steps.perEpoch
  try options.run.run(trainer, limits, report: report)
}

extension EmotionDesign {
  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no design of this name.
  init(asked name: String) throws(PipelineError) {
    guard let found = Name(rawValue: name) else {
      throw .wrongUse(
        "there is no design \(name), only "
          + Name.allCases.map(\.rawValue).joined(separator: ", "))
    }
    self = .named(found)
  }

  /// The longest side that faces are kept at: enough for the largest cut of an augmentation.
  var trainingLimit: Int { side * 5 / 4 }
}

extension FaceFolder {
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if there are too few faces for one batch.
  func checkHolds(_ batch: Int, path: String) throws(PipelineError) {
    guard faces.faces.count >= batch else {
      throw .unreadable(
        path: path,
        reason: "it holds \(faces.faces.count) pictures, fewer than one batch of \(batch)")
    }
  }
}

extension FaceSet {
  /// How many there are of each emotion.
  var summary: String {
    zip(emotions, counts).map { "\($1) \($0.rawValue)" }.joined(separator: ", ")
  }
}
