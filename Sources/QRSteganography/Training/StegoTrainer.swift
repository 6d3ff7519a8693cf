internal import Foundation
internal import Imaging
internal import MediaTypes
internal import Neural
internal import Tensors
internal import WeightFiles

/// Trains a pair of networks, step by step.
///
/// Each step marks real frames at their own size, attacks them with real codecs, and shows the
/// decoder what is left; the gradient goes back through the attack as `FrequencyBands` says. The
/// mark is held to a PSNR that rises while the codes are read well and falls while they are not, so
/// that quality never has to be weighed against legibility.
///
/// Source: the losses (MS-SSIM, binary cross-entropy), the noise between the networks and Adam at
/// 0.001 are the steganography paper's, section "Training"; the schedule and the attacks go beyond
/// it.
public final class StegoTrainer {
  public let settings: StegoTrainingSettings
  private let media: any StegoTrainingMedia
  private let network: StegoNetwork
  private let average: StegoNetwork
  private let optimizer: Optimizer
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
    optimizer = Optimizer(Adam(), network.parameters, rate: settings.rate)
    target = settings.firstTarget
    network.initialize(seed: settings.seed)
    average.move(towards: network, keeping: 0)
  }

  /// Begins with the weights of a file instead of random ones.
  public func begin(weightsPath: String) throws {
    try WeightFile(path: weightsPath).load(into: network)
    average.move(towards: network, keeping: 0)
  }

  /// Takes one step.
  public func step() -> StegoTrainingStep {
    let number = optimizer.count
    let seeds = (0..<settings.batch).map { seed(step: number, item: $0) }
    let (media, placement) = (media, placement)
    let samples = concurrentMap(seeds.count) { index in
      StegoSample(media: media, placement: placement, seed: seeds[index])
    }
    return BatchNorm.Mode.$current.withValue(.batch) { learn(samples, seeds, number) }
  }

  private func learn(_ samples: [StegoSample], _ seeds: [UInt64], _ number: Int)
    -> StegoTrainingStep
  {
    let side = StegoDesign.workingSize
    let count = samples.count
    let cover = Tensor(samples.flatMap(\.cover.values), shape: [count, 3, side, side])
    let codes = Tensor(
      samples.flatMap { $0.code.drawn(width: side, height: side) }, shape: [count, 1, side, side])
    let residual = network.residual(cover: cover, code: codes)
    let view = attackedView(of: residual, samples, seeds, number)
    let logits = network.logits(marked: view.picture)

    let read = samples.indices.map { index in
      CodeLoss(
        logits: logits.sliced(index..<index + 1, axis: 0), code: samples[index].code,
        functionWeight: settings.functionWeight)
    }
    let quality = PictureLoss(cover: cover, residual: residual, ratios: view.errorRatios)
    let legibility = mean(read.map(\.modules)) + settings.pixelWeight * mean(read.map(\.pixels))
    let similarityWeight = settings.similarityWeight * min(1, max(0, (target - 32) / 6))
    let loss =
      legibility + settings.errorWeight * quality.shortfall(target)
      + similarityWeight * (1 - quality.similarity)

    let parameters = network.trained
    let found = clipped(gradients(of: loss, with: parameters.map(\.value)), norm: 1)
    optimizer.rate = rate(at: number)
    if found.norm.isFinite { optimizer.step(found.gradients) }
    average.move(
      towards: network, keeping: min(settings.averaging, Float(number + 1) / Float(number + 10)))

    let error = read.map(\.moduleError).reduce(0, +) / Float(count)
    moveTarget(error)
    return StegoTrainingStep(
      step: optimizer.count, target: target, psnr: quality.psnr.scalar,
      similarity: quality.similarity.scalar, loss: loss.scalar, moduleError: error,
      smoothedError: smoothedError, rate: optimizer.rate, gradientNorm: found.norm,
      errors: zip(view.kinds, read).map { ($0, $1.moduleError) })
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

  private func rate(at step: Int) -> Float {
    let warm = min(1, Float(step + 1) / Float(settings.warmUp))
    let left = Float(settings.steps - step) / (0.3 * Float(settings.steps))
    return settings.rate * warm * min(1, max(0.05, left))
  }

  private func moveTarget(_ error: Float) {
    smoothedError = 0.97 * smoothedError + 0.03 * error
    if smoothedError < settings.fewErrors {
      target = min(settings.lastTarget, target + settings.targetStep)
    } else if smoothedError > settings.manyErrors {
      target = max(settings.firstTarget, target - settings.targetStep)
    }
  }

  /// Writes everything that is needed to go on, in single precision.
  public func save(checkpoint path: String) throws {
    let tensors =
      network.parameters.map { ($0.name, $0.parameter.value) }
      + average.parameters.map { ("average.\($0.name)", $0.parameter.value) } + optimizer.state
    try WeightFile.write(
      tensors,
      metadata: [
        "step": String(optimizer.count), "target": String(target),
        "smoothedError": String(smoothedError), "model": settings.model,
      ], precision: .single, path: path)
  }

  /// Goes on where a checkpoint was written.
  public func resume(checkpoint path: String) throws {
    let file = try WeightFile(path: path)
    guard let step = file.metadata["step"].flatMap({ Int($0) }),
      file.metadata["model"] == settings.model
    else {
      throw WeightError.unreadable(path: path, reason: "not a checkpoint of \(settings.model)")
    }
    for (own, slow) in zip(network.parameters, average.parameters) {
      let (name, parameter) = own
      guard let value = file[name], let mean = file["average.\(name)"],
        value.shape == parameter.shape, mean.shape == parameter.shape
      else {
        throw WeightError.mismatch(path: path, details: ["\(name) is missing or of another shape"])
      }
      parameter.value = value
      slow.parameter.value = mean
    }
    try optimizer.restore(file, count: step)
    target = file.metadata["target"].flatMap { Float($0) } ?? settings.firstTarget
    smoothedError = file.metadata["smoothedError"].flatMap { Float($0) } ?? 0.5
  }

  /// Writes the averaged weights in half precision: what ships.
  public func saveWeights(path: String) throws {
    try WeightFile.write(
      average, metadata: ["step": String(optimizer.count), "model": settings.model],
      precision: .half, path: path)
  }
}
