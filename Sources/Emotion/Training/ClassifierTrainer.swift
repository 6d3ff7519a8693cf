public import Neural
internal import Tensors
public import WeightFiles

/// Trains a classifier, step by step.
///
/// Classifier A has AdamW on one cycle, classifier B Adam at a rate that falls along a cosine; the
/// losses are the paper's. What ships is the running average of the weights that is best on the
/// validation faces.
public final class ClassifierTrainer<Network: ClassifierNetwork>: TrainingTask {
  public let settings: ClassifierSettings
  public let design: EmotionDesign
  public let learners: [Learner]
  private let batches: FaceBatches
  private let validationFaces: FaceSet?
  private let network: Network
  private let average: Network
  private let loss: ClassifierLoss

  /// - Parameters:
  ///   - faces: At least a batch of them, in the design's channels.
  ///   - validation: Faces of other people, with the same emotions.
  public init(
    _ settings: ClassifierSettings, design: EmotionDesign, faces: FaceSet, validation: FaceSet?
  ) {
    self.settings = settings
    self.design = design
    validationFaces = validation
    batches = FaceBatches(faces, side: design.side, size: settings.batch, seed: settings.seed)
    network = Network(design, emotions: faces.emotions.count)
    average = Network(design, emotions: faces.emotions.count)
    network.initialize(seed: settings.seed)
    average.initialize(seed: settings.seed)
    let steps = settings.epochs * batches.perEpoch
    let rule: Adam
    let schedule: Schedule
    switch settings.kind {
    case .residual:
      loss = .weighted(faces.weights(balance: settings.balance))
      rule = Adam(decay: 0.05)
      schedule = .oneCycle(over: steps, rise: 0.2)
    case .convolutional:
      loss = .confident
      rule = Adam()
      schedule = .cosine(over: steps, floor: 0.02)
    }
    learners = [
      Learner(
        network, rule, rate: settings.rate, schedule: schedule, clipping: 5, average: average,
        averaging: settings.averaging)
    ]
  }

  public var model: String { settings.kind.rawValue }

  /// Begins with the weights of a file instead of random ones.
  public func begin(weightsPath path: String) throws(WeightError) {
    try WeightFile(path: path).load(into: network)
    learners[0].startAverage()
  }

  /// Steps of the whole run, and from one validation to the next.
  public var steps: (all: Int, perEpoch: Int) {
    (settings.epochs * batches.perEpoch, batches.perEpoch)
  }

  public let curves = [
    TrainingCurve("loss", label: "loss"),
    TrainingCurve("accuracy", label: "right in %", scale: 100),
    TrainingCurve("accuracy", of: .validations, label: "right in % of validation", scale: 100),
  ]

  public func step(_ number: Int) throws -> TrainingRecord {
    let batch = batches(step: number, settings.augmentation)
    return try BatchNorm.Mode.$current.withValue(.batch) {
      let logits = network.logits(batch.pictures, dropout: settings.seed &+ UInt64(number))
      let loss = loss(logits, labels: batch.labels)
      let norm = try learners[0].minimize(loss)
      let right = zip(logits.argmax(axis: 1).values, batch.labels).count { $0 == $1 }
      return TrainingRecord([
        "loss": loss.scalar, "accuracy": Float(right) / Float(batch.labels.count),
        "gradientNorm": norm, "rate": learners[0].optimizer.rate,
      ])
    }
  }

  public func validation() throws -> Validation? {
    guard let faces = validationFaces else { return nil }
    let accuracy = Float(classifier.confusion(over: faces, .one).accuracy)
    return Validation(score: accuracy, ["accuracy": accuracy])
  }

  /// The averaged network as it is now.
  public var classifier: EmotionClassifier {
    EmotionClassifier(
      average, kind: settings.kind, design: design, emotions: batches.source.emotions)
  }

  public func writeWeights(into folder: String) throws {
    let emotions = batches.source.emotions
    try WeightFile.write(
      average,
      metadata: EmotionMetadata(model: model, design: design.name, emotions: emotions).entries,
      precision: .half, path: "\(folder)/\(model).safetensors")
  }
}
