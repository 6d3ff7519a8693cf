public import Tensors

/// How differently two sounds are spread over frequency and time, at several resolutions.
///
/// Per resolution, the spectral convergence `‖|A| − |B|‖ / ‖|A|‖` and the mean absolute difference
/// of logarithms, added; then the mean over the resolutions.
///
/// Source: Yamamoto, Song & Kim 2020, "Parallel WaveGAN", arXiv:1910.11480, equations 4 to 6; the
/// floor of powers, 1e-7, is that of kan-bayashi/ParallelWaveGAN.
public struct SpectralDistance: Sendable {
  public let transforms: [ShortTimeFourier]

  public init(_ transforms: [ShortTimeFourier]) { self.transforms = transforms }

  /// Transforms of 1024, 2048 and 512 samples, as in the paper.
  public static func parallelWaveGAN() -> SpectralDistance {
    SpectralDistance(
      [(1024, 120, 600), (2048, 240, 1200), (512, 50, 240)].map { size, hop, length in
        ShortTimeFourier(size: size, hop: hop, windowLength: length)
      })
  }

  /// Maps sounds `[batch, samples]` to the distance of the whole batch, of shape `[]`.
  ///
  /// - Parameter real: What `made` should be; the convergence is relative to it.
  public func callAsFunction(real: Tensor, made: Tensor) -> Tensor {
    let distances = transforms.map { transform in
      let (a, b) = (magnitudes(real, transform), magnitudes(made, transform))
      let difference = a - b
      let convergence = power((difference * difference).sum() / (a * a).sum(), 0.5)
      return convergence + absolute(log(a) - log(b)).mean()
    }
    return distances.dropFirst().reduce(distances[0], +) / Float(distances.count)
  }

  private func magnitudes(_ sound: Tensor, _ transform: ShortTimeFourier) -> Tensor {
    let powers = transform(sound).power
    return power(clamped(powers, 1e-7...Float.greatestFiniteMagnitude), 0.5)
  }
}

/// The mean absolute difference of the logarithmic bands of two sounds: HiFi-GAN's, to be weighted
/// by 45.
///
/// Source: Kong, Kim & Bae 2020, arXiv:2010.05646, equation 5.
public func melDistance(real: Tensor, made: Tensor, mel: MelSpectrogram) -> Tensor {
  absolute(mel.logarithmic(real) - mel.logarithmic(made)).mean()
}

private func absolute(_ x: Tensor) -> Tensor { relu(x) + relu(-x) }
