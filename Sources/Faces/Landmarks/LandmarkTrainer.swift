public import Neural
internal import Tensors

/// Trains the network of ``LandmarkFinder``.
public final class LandmarkTrainer: TrainingTask {
  /// The numbers of a run.
  public struct Settings: Hashable, Sendable {
    public var steps = 4000
    public var batch = 32
    public var rate: Float = 2e-3
    public var seed: UInt64 = 1

    public init() {}
  }

  /// The name of the weights that ship.
  public static let weightsName = FaceModel.landmarks68.rawValue

  public let model = LandmarkTrainer.weightsName
  public let learners: [Learner]
  public let curves = [
    TrainingCurve("loss", label: "mean error in % of the crop", scale: 100),
    TrainingCurve(
      "nme", of: .validations, label: "normalized mean error in %", scale: 100),
  ]

  private let settings: Settings
  private let samples: [LandmarkSample]
  private let held: [LandmarkSample]
  private let network = LandmarkNetwork()
  private let average = LandmarkNetwork()

  /// - Parameters:
  ///   - samples: Of people to train on.
  ///   - held: Of other people.
  public init(samples: [LandmarkSample], held: [LandmarkSample], settings: Settings) {
    precondition(!samples.isEmpty, "no faces to train on")
    self.settings = settings
    self.samples = samples
    self.held = held
    network.initialize(seed: settings.seed)
    average.initialize(seed: settings.seed)
    let schedule =
      Schedule.warmUp(over: 100) * Schedule.cosine(over: settings.steps, floor: 0.01)
    learners = [
      Learner(
        network, Adam(decay: 1e-4), rate: settings.rate, schedule: schedule, clipping: 1,
        average: average)
    ]
  }

  public func step(_ number: Int) throws -> TrainingRecord {
    var generator = SplitMix64(seed: settings.seed &* 0x9E37_79B9 &+ UInt64(number))
    let chosen = (0..<settings.batch).map { _ in
      (samples[Int(generator.next() % UInt64(samples.count))], generator.next())
    }
    let (pictures, points) = Self.batch(chosen, changes: true)
    let found = BatchNorm.Mode.$current.withValue(.batch) { network(pictures) }
    let loss = absoluteError(found, points).mean()
    let norm = try learners[0].minimize(loss)
    return TrainingRecord(["loss": loss.scalar, "gradient": norm])
  }

  public func validation() throws -> Validation? {
    guard !held.isEmpty else { return nil }
    var errors: [Double] = []
    withoutRecording {
      for start in stride(from: 0, to: held.count, by: 64) {
        let part = held.indices[start..<min(start + 64, held.count)]
        let (pictures, points) = Self.batch(
          part.map { (held[$0], UInt64($0)) }, changes: false)
        let (found, right) = (average(pictures).array, points.array)
        for index in part.indices {
          let range = 136 * (index - start)..<136 * (index - start + 1)
          errors.append(
            LandmarkNetwork.landmarks(found[range])
              .normalizedError(from: LandmarkNetwork.landmarks(right[range])))
        }
      }
    }
    let mean = Float(errors.reduce(0, +) / Double(errors.count))
    let failed = Float(errors.count { $0 > 0.1 }) / Float(errors.count)
    return Validation(score: -mean, ["nme": mean, "above 10 %": failed])
  }

  public func writeWeights(into folder: String) throws {
    try WeightFile.write(
      average, metadata: ["model": model], precision: .half, path: "\(folder)/\(model).safetensors")
  }

  /// Crops and their points.
  private static func batch(
    _ chosen: [(sample: LandmarkSample, seed: UInt64)], changes: Bool
  ) -> (pictures: Tensor, points: Tensor) {
    let crops = chosen.map { sample, seed in
      var generator = SplitMix64(seed: seed)
      return sample.crop(using: &generator, changes: changes)
    }
    let side = LandmarkNetwork.side
    return (
      Tensor(crops.flatMap(\.values), shape: [chosen.count, 3, side, side]),
      Tensor(crops.flatMap(\.points), shape: [chosen.count, 136])
    )
  }
}
