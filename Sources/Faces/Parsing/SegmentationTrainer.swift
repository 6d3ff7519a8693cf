public import Neural
internal import Tensors

/// Trains the network of ``FaceSegmenter``.
public final class SegmentationTrainer: TrainingTask {
  /// The numbers of a run.
  public struct Settings: Hashable, Sendable {
    public var steps = 2500
    public var batch = 16
    public var rate: Float = 2e-3
    /// The share of a batch whose regions are known altogether.
    public var completeShare: Float = 0.75
    public var seed: UInt64 = 1

    public init() {}
  }

  /// The name of the weights that ship.
  public static let weightsName = "faceparser"

  public let model = SegmentationTrainer.weightsName
  public let learners: [Learner]
  public let curves = [
    TrainingCurve("loss", label: "cross-entropy"),
    TrainingCurve(
      "iou", of: .validations, label: "mean intersection over union in %", scale: 100),
  ]

  private let settings: Settings
  private let complete, partial, held: [SegmentationSample]
  private let network = SegmentationNetwork()
  private let average = SegmentationNetwork()

  /// - Parameters:
  ///   - complete: Samples whose regions are known altogether.
  ///   - partial: Others; may be none.
  ///   - held: Complete ones that are not trained on.
  public init(
    complete: [SegmentationSample], partial: [SegmentationSample], held: [SegmentationSample],
    settings: Settings
  ) {
    precondition(!complete.isEmpty, "no faces to train on")
    self.settings = settings
    self.complete = complete
    self.partial = partial
    self.held = held
    network.initialize(seed: settings.seed)
    average.initialize(seed: settings.seed)
    let schedule =
      Schedule.warmUp(over: 100) * Schedule.cosine(over: settings.steps, floor: 0.01)
    learners = [
      Learner(
        network, Adam(decay: 1e-3), rate: settings.rate, schedule: schedule, clipping: 1,
        average: average)
    ]
  }

  public func step(_ number: Int) throws -> TrainingRecord {
    var generator = SplitMix64(seed: settings.seed &* 0x9E37_79B9 &+ UInt64(number))
    let chosen = (0..<settings.batch).map { _ in
      let isComplete = partial.isEmpty || generator.unit() < settings.completeShare
      let samples = isComplete ? complete : partial
      return (samples[Int(generator.next() % UInt64(samples.count))], generator.next())
    }
    let (pictures, labels) = Self.batch(chosen, changes: true)
    let logits = BatchNorm.Mode.$current.withValue(.batch) { network(pictures) }
    let loss = crossEntropy(logits: logits, targets: .labels(labels))
    let norm = try learners[0].minimize(loss)
    return TrainingRecord(["loss": loss.scalar, "gradient": norm])
  }

  /// The mean over the regions of the samples that are right among those that are of a region or taken
  /// for it, and the share of all samples that are right.
  public func validation() throws -> Validation? {
    guard !held.isEmpty else { return nil }
    let regions = FaceRegion.allCases.count
    var (both, either) = ([Int](repeating: 0, count: regions), [Int](repeating: 0, count: regions))
    var (right, all) = (0, 0)
    for start in stride(from: 0, to: held.count, by: 16) {
      let part = held.indices[start..<min(start + 16, held.count)]
      let (pictures, labels) = Self.batch(part.map { (held[$0], UInt64($0)) }, changes: false)
      let found = withoutRecording { average(pictures).argmax(axis: 1).values }
      for case (let taken, let label?) in zip(found, labels) {
        all += 1
        either[label] += 1
        if taken == label {
          right += 1
          both[label] += 1
        } else {
          either[taken] += 1
        }
      }
    }
    let shares = zip(both, either).filter { $1 > 0 }.map { Float($0) / Float($1) }
    let mean = shares.reduce(0, +) / Float(max(1, shares.count))
    return Validation(
      score: mean, ["iou": mean, "right": Float(right) / Float(max(1, all))])
  }

  public func writeWeights(into folder: String) throws {
    try WeightFile.write(
      average, metadata: ["model": model], precision: .half, path: "\(folder)/\(model).safetensors")
  }

  /// Crops and the regions of their samples.
  private static func batch(
    _ chosen: [(sample: SegmentationSample, seed: UInt64)], changes: Bool
  ) -> (pictures: Tensor, labels: [Int?]) {
    let crops = concurrentMap(chosen.count) { index in
      var generator = SplitMix64(seed: chosen[index].seed)
      return chosen[index].sample.crop(using: &generator, changes: changes)
    }
    let side = SegmentationNetwork.side
    return (
      Tensor(crops.flatMap(\.values), shape: [chosen.count, 3, side, side]),
      crops.flatMap(\.labels)
    )
  }
}
