internal import Imaging
internal import MediaTypes
public import Neural
internal import Tensors
internal import WeightFiles

/// Trains a pair of networks, step by step.
///
/// Each step marks real frames at their own size, attacks them with real codecs, and shows the
/// decoder what is left; the gradient goes back through the attack as `FrequencyBands` says. The
/// mark is held to a PSNR, of errors weighed by how well they are seen, that rises while the codes
/// are read well and falls while they are not, so that quality never has to be weighed against
/// legibility.
///
/// Source: the losses (MS-SSIM, binary cross-entropy), the noise between the networks and Adam at
/// 0.001 are the steganography paper's, section "Training"; the schedule and the attacks go beyond
/// it.
public final class StegoTrainer: TrainingTask {
  public let settings: StegoTrainingSettings
  public let learners: [Learner]
  private let media: any StegoTrainingMedia
  private let network: StegoNetwork
  private let average: StegoNetwork
  private let placement = ResidualPlacement(
    width: StegoDesign.workingSize, height: StegoDesign.workingSize)

  private var target: Float
  private var smoothedError: Float = 0.5

  public init(
    _ model: StegoModelName, settings: StegoTrainingSettings, media: any StegoTrainingMedia
  ) {
    self.settings = settings
    self.media = media
    network = StegoNetwork(model)
    average = StegoNetwork(model)
    target = settings.firstTarget
    network.initialize(seed: settings.seed)
    learners = [
      Learner(
        network, Adam(), rate: settings.rate, schedule: settings.schedule, clipping: 1,
        average: average, averaging: settings.averaging)
    ]
  }

  public var model: String { settings.model }

  /// The PSNR that is asked for, and the smoothed share of wrong modules that moves it.
  public var notes: [String: String] {
    get { ["target": String(target), "smoothedError": String(smoothedError)] }
    set {
      target = newValue["target"].flatMap { Float($0) } ?? settings.firstTarget
      smoothedError = newValue["smoothedError"].flatMap { Float($0) } ?? 0.5
    }
  }

  public let curves = [
    TrainingCurve("visiblePSNR", label: "PSNR as seen, in dB"),
    TrainingCurve("psnr", label: "PSNR in dB"),
    TrainingCurve("smoothedError", label: "wrong modules in %", scale: 100),
  ]

  /// Begins with the weights of a file instead of random ones.
  public func begin(weightsPath: String) throws {
    try WeightFile(path: weightsPath).load(into: network)
    learners[0].startAverage()
  }

  public func step(_ number: Int) throws -> TrainingRecord {
    let seeds = (0..<settings.batch).map { seed(step: number, item: $0) }
    let (media, placement) = (media, placement)
    let samples = concurrentMap(seeds.count) { index in
      StegoSample(media: media, placement: placement, seed: seeds[index])
    }
    return try BatchNorm.Mode.$current.withValue(.batch) { try learn(samples, seeds, number) }
  }

  private func learn(_ samples: [StegoSample], _ seeds: [UInt64], _ number: Int) throws
    -> TrainingRecord
  {
    let side = StegoDesign.workingSize
    let count = samples.count
    let cover = Tensor(samples.flatMap(\.cover.values), shape: [count, 3, side, side])
    let codes = Tensor(
      samples.flatMap { $0.code.drawn(width: side, height: side) }, shape: [count, 1, side, side])
    let residual = network.residual(
      cover: cover, code: codes, recomputing: settings.recomputes)
    let view = attackedView(of: residual, samples, seeds, number)
    let logits = network.logits(marked: view.picture, recomputing: settings.recomputes)

    let read = samples.indices.map { index in
      CodeLoss(
        logits: logits.sliced(index..<index + 1, axis: 0), code: samples[index].code,
        functionWeight: settings.functionWeight)
    }
    let quality = PictureLoss(
      cover: cover, residual: residual,
      visibility: Tensor(samples.flatMap(\.visibility), shape: residual.shape),
      ratios: view.errorRatios)
    let missingQuality =
      PictureLoss.shortfall(of: quality.visiblePSNR, below: target)
      + PictureLoss.shortfall(of: quality.psnr, below: min(target, settings.plainTarget))
    let legibility = mean(read.map(\.modules)) + settings.pixelWeight * mean(read.map(\.pixels))
    let similarityWeight = settings.similarityWeight * min(1, max(0, (target - 32) / 6))
    let loss =
      legibility + settings.errorWeight * missingQuality
      + similarityWeight * (1 - quality.similarity)
    let norm = try learners[0].minimize(loss)

    let error = read.map(\.moduleError).reduce(0, +) / Float(count)
    moveTarget(error)
    return TrainingRecord(
      [
        "target": target, "psnr": quality.psnr.scalar,
        "visiblePSNR": quality.visiblePSNR.scalar, "similarity": quality.similarity.scalar,
        "loss": loss.scalar, "moduleError": error, "smoothedError": smoothedError,
        "rate": learners[0].optimizer.rate, "gradientNorm": norm,
      ],
      remark: (
        "attacks",
        zip(view.kinds, read).map { "\($0) \($1.moduleError)" }.joined(separator: " | ")
      ))
  }

  /// What the decoder sees: constants, with the gradient of the residual that made them.
  private struct View {
    let picture: Tensor
    let kinds: [String]
    let errorRatios: [Float]
  }

  private func attackedView(
    of residual: Tensor, _ samples: [StegoSample], _ seeds: [UInt64], _ number: Int
  ) -> View {
    let side = StegoDesign.workingSize
    let size = 3 * side * side
    let values = residual.array
    let (media, placement) = (media, placement)
    let strength = min(1, max(0, Float(number - 30) / 200))
    let ramp = min(1, Float(number) / Float(settings.proxySteps))
    let proxyShare =
      settings.firstProxyShare + ramp * (settings.lastProxyShare - settings.firstProxyShare)

    let seen = concurrentMap(samples.count) { index in
      let own = YUVResidual(
        width: side, height: side, values: Array(values[index * size..<(index + 1) * size]))
      return samples[index].seen(
        residual: own, media: media, placement: placement, strength: strength, seed: seeds[index])
    }
    let shape = residual.shape
    let transform = FrequencyBands.transform()
    let inverse = FrequencyBands.inverse()
    func spectrum(_ x: Tensor) -> Tensor { x.resampled(vertical: transform, horizontal: transform) }

    let markSpectrum = spectrum(residual.detached).array
    let differences = zip(seen.flatMap(\.values), seen.flatMap(\.cover)).map { $0 - $1 }
    let differenceSpectrum = spectrum(Tensor(differences, shape: shape)).array
    var gains = [Float](repeating: 1, count: values.count)
    var shown = seen.map(\.values)
    var kinds = seen.map(\.kind)
    for index in samples.indices {
      let range = index * size..<(index + 1) * size
      var generator = SplitMix64(seed: seeds[index] ^ 0x9047)
      if generator.unit() < proxyShare {
        let picture = samples[index].frames[0]
        let proxy = FrequencyBands.proxy(
          isLarge: max(picture.width, picture.height) > 600,
          noise: min(1, Float(number) / 150), seed: generator.next())
        let left = zip(zip(proxy.gains, markSpectrum[range]), proxy.noise).map { $0.0 * $0.1 + $1 }
        let back = Tensor(left, shape: [1, 3, side, side])
          .resampled(vertical: inverse, horizontal: inverse).array
        shown[index] = zip(samples[index].cover.values, back).map { $0 + $1 }
        gains.replaceSubrange(range, with: proxy.gains)
        kinds[index] = "proxy"
      } else {
        let gain = seen[index].gain
        let share =
          seen[index].isFiltering
          ? FrequencyBands.survival(
            difference: Array(differenceSpectrum[range]), residual: Array(markSpectrum[range]))
          : [Float](repeating: 1, count: size)
        gains.replaceSubrange(range, with: share.map { $0 * gain })
      }
    }
    let change = spectrum(residual - residual.detached) * Tensor(gains, shape: shape)
    return View(
      picture: Tensor(shown.flatMap { $0 }, shape: shape)
        + change.resampled(vertical: inverse, horizontal: inverse),
      kinds: kinds, errorRatios: seen.map(\.errorRatio))
  }

  private func mean(_ scalars: [Tensor]) -> Tensor {
    scalars.dropFirst().reduce(scalars[0]) { $0 + $1 } / Float(scalars.count)
  }

  private func seed(step: Int, item: Int) -> UInt64 {
    var generator = SplitMix64(seed: settings.seed &+ UInt64(step) &* 1_000_003 &+ UInt64(item))
    return generator.next()
  }

  private func moveTarget(_ error: Float) {
    smoothedError = 0.97 * smoothedError + 0.03 * error
    if smoothedError < settings.fewErrors {
      target = min(settings.lastTarget, target + settings.targetStep)
    } else if smoothedError > settings.manyErrors {
      target = max(settings.firstTarget, target - settings.targetStep)
    }
  }

  /// Writes the averaged weights in half precision: what ships.
  public func writeWeights(into folder: String) throws {
    try WeightFile.write(
      average,
      metadata: ["step": String(learners[0].optimizer.count), "model": settings.model],
      precision: .half, path: "\(folder)/\(settings.model).safetensors")
  }
}
