internal import Foundation
public import Neural
internal import Tensors
public import WeightFiles

/// Trains EmoDNN and its discriminator, step by step, under a classifier that does not change.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, equations 2 to 9. The
/// hinges are at 1, where equations 2 and 3 print 0.1. The sum of equation 9 is weighted, as the text
/// says, by ``EmotionSettings``. What the classifier is shown is moved, blurred and made noisy at
/// random, so that an emotion is drawn that others see too and not a pattern that deceives one
/// network. What changes counts a little wherever it is, so that what need not change does not. Each
/// emotion is as frequent among the faces as among the wishes: else a discriminator learns that what
/// is rare is false.
public final class EmotionTrainer: TrainingTask {
  public let settings: EmotionSettings
  public let design: EmotionDesign
  public let learners: [Learner]
  private let batches: FaceBatches
  private let classifier: EmotionClassifier
  private let generator, average: EmoDNN
  private let discriminator: EmotionDiscriminator

  /// - Parameters:
  ///   - classifier: Of the design and the emotions of the faces.
  ///   - faces: At least a batch of them.
  public init(_ settings: EmotionSettings, classifier: EmotionClassifier, faces: FaceSet) {
    precondition(
      classifier.emotions == faces.emotions && classifier.design.channels == faces.channels,
      "a classifier of \(classifier.emotions.names) for faces of \(faces.emotions.names)")
    self.settings = settings
    self.classifier = classifier
    design = classifier.design
    batches = FaceBatches(
      faces, side: design.side, size: settings.batch, order: .balanced, seed: settings.seed)
    generator = EmoDNN(design, emotions: faces.emotions.count)
    average = EmoDNN(design, emotions: faces.emotions.count)
    discriminator = EmotionDiscriminator(design)
    generator.begin(seed: settings.seed)
    average.begin(seed: settings.seed)
    discriminator.initialize(seed: settings.seed)
    let schedule = Schedule.linear(from: 1, to: 0.05, over: settings.epochs * batches.perEpoch)
    let rule = Adam(betas: (0.5, 0.999))
    learners = [
      Learner(
        generator, name: "generator", rule, rate: settings.rate, schedule: schedule, clipping: 10,
        average: average, averaging: settings.averaging),
      Learner(
        discriminator, name: "discriminator", rule, rate: settings.discriminatorRate,
        schedule: schedule, clipping: 10),
    ]
  }

  /// Begins with the weights of files instead of random ones.
  public func begin(
    weightsPath path: String, discriminatorPath: String
  ) throws(WeightError) {
    try WeightFile(path: path).load(into: generator)
    try WeightFile(path: discriminatorPath).load(into: discriminator)
    learners[0].startAverage()
  }

  public static let model = EmotionModel.emodnn.rawValue
  /// What the discriminator's weights are called, which are kept to go on from.
  public static let discriminatorModel = EmotionModel.discriminator.rawValue
  public var model: String { Self.model }

  /// Steps of the whole run.
  public var steps: Int { settings.epochs * batches.perEpoch }

  public let curves = [
    TrainingCurve("discriminator", label: "discriminator's loss"),
    TrainingCurve("adversarial", label: "adversarial"),
    TrainingCurve("reconstruction", label: "reconstruction"),
    TrainingCurve("right", label: "taken for what was asked in %", scale: 100),
  ]

  public func step(_ number: Int) throws -> TrainingRecord {
    var random = SplitMix64(seed: settings.seed &+ UInt64(number) &* 0x9E37)
    let batch = batches(step: number, .light)
    let real = batch.pictures
    let wanted = batch.labels.map { label in
      random.unit() < settings.sameShare
        ? label : Int.random(in: classifier.emotions.indices, using: &random)
    }
    return try BatchNorm.Mode.$current.withValue(.batch) {
      let fake = generator(real, emotions: oneHot(wanted, of: classifier.emotions.count))
      let judged = try improveDiscriminator(real: real, fake: fake.detached, &random)
      let parts = try improveGenerator(
        fake: fake, real: real, labels: batch.labels, wanted: wanted, &random)
      return TrainingRecord([
        "discriminator": judged.loss, "penalty": judged.penalty, "adversarial": parts.adversarial,
        "classification": parts.classification, "reconstruction": parts.reconstruction,
        "right": parts.right, "rate": learners[0].optimizer.rate,
      ])
    }
  }

  /// Equations 2 to 5.
  private func improveDiscriminator(
    real: Tensor, fake: Tensor, _ random: inout SplitMix64
  ) throws -> (loss: Float, penalty: Float) {
    let shares = (0..<real.shape[0]).map { _ in random.unit() }
    let penalty = gradientPenalty(real: real, fake: fake, shares: shares) { discriminator($0) }
    let hinge = AdversarialLoss.hinge.discriminator(
      real: discriminator(real), fake: discriminator(fake))
    try learners[1].minimize(hinge + penalty)
    return (hinge.scalar, penalty.scalar)
  }

  /// Equations 6 to 9.
  private func improveGenerator(
    fake: Tensor, real: Tensor, labels: [Int], wanted: [Int], _ random: inout SplitMix64
  ) throws -> (adversarial: Float, classification: Float, reconstruction: Float, right: Float) {
    let adversarial = AdversarialLoss.hinge.generator(fake: discriminator(fake))
    let seen = shaken(fake, &random)
    let logits = BatchNorm.Mode.$current.withValue(.running) { classifier.logits(seen) }
    let classification = crossEntropy(logits: logits, targets: .labels(wanted))
    let mask = zip(labels, wanted).map { $0 == $1 ? Float(1) : 0 }
    let kept = mask.reduce(0, +)
    let errors = squaredError(fake, real) * Tensor(mask, shape: [mask.count, 1, 1, 1])
    let change = absoluteError(fake, real).mean()
    let values = Float(real.count / mask.count)
    let reconstruction = errors.sum() / ((kept + 1e-6) * values)
    try learners[0].minimize(
      settings.adversarialWeight * adversarial + settings.classificationWeight * classification
        + settings.reconstructionWeight * reconstruction + settings.changeWeight * change)
    let right = zip(logits.argmax(axis: 1).values, wanted).count { $0 == $1 }
    return (
      adversarial.scalar, classification.scalar, reconstruction.scalar,
      Float(right) / Float(wanted.count)
    )
  }

  /// The pictures as a classifier may meet them: moved, blurred, of another size, mirrored, brighter
  /// or darker, noisy.
  private func shaken(_ pictures: Tensor, _ random: inout SplitMix64) -> Tensor {
    let reach = max(1, design.side / 16)
    let (x, y) = (
      Int.random(in: -reach...reach, using: &random),
      Int.random(in: -reach...reach, using: &random)
    )
    var seen = pictures.padded(Padding(top: y, left: x, bottom: -y, right: -x), .replicate)
    let detail = Int.random(in: design.side / 2...design.side, using: &random)
    let size = design.side + 2 * Int.random(in: -reach...reach, using: &random)
    for side in [detail, size] where side != seen.shape[3] {
      seen = seen.resized(to: Extent(side), .bilinear())
    }
    if random.unit() < 0.5 { seen = seen.flipped(axes: [3]) }
    let count = pictures.shape[0]
    let gains = (0..<count).map { _ in 0.85 + 0.3 * random.unit() }
    let shifts = (0..<count).map { _ in 0.1 * (2 * random.unit() - 1) }
    let roughness = 0.12 * random.unit()
    let noise = (0..<seen.count).map { _ in roughness * (2 * random.unit() - 1) }
    return seen * Tensor(gains, shape: [count, 1, 1, 1])
      + (Tensor(noise, shape: seen.shape) + Tensor(shifts, shape: [count, 1, 1, 1]))
  }

  public func writeWeights(into folder: String) throws {
    func write(_ network: some Module, as name: String) throws {
      let metadata = EmotionMetadata(
        model: name, design: design.name, emotions: classifier.emotions)
      try WeightFile.write(
        network, metadata: metadata.entries, precision: .half,
        path: "\(folder)/\(name).safetensors")
    }
    try write(average, as: model)
    try write(discriminator, as: Self.discriminatorModel)
  }
}
