import Foundation
import Signal
import Tensors
import TestSupport
import Testing

@Suite struct `Spectra over time` {
  static let transforms: [String: ShortTimeFourier] = [
    "centred": ShortTimeFourier(size: 20, hop: 7, windowLength: 15),
    "odd": ShortTimeFourier(size: 21, hop: 5, window: .blackman, isUnitary: true),
    "bare": ShortTimeFourier(size: 16, hop: 4, window: .hamming, edges: .none),
  ]
  static let lengths = ["centred": 80, "bare": 61]

  @Test(arguments: transforms.keys.sorted()) func `agree with PyTorch`(name: String) throws {
    let transform = try #require(Self.transforms[name])
    expectGolden(try Fixture("stft-\(name)", in: .module), tolerance: 2e-6) {
      joined(transform($0[0]))
    }
  }

  @Test(arguments: transforms.keys.sorted())
  func `become sound again as in PyTorch`(name: String) throws {
    let transform = try #require(Self.transforms[name])
    expectGolden(try Fixture("istft-\(name)", in: .module), tolerance: 1e-5) {
      transform.inverse(split($0[0]), length: Self.lengths[name])
    }
  }

  @Test(arguments: [
    ShortTimeFourier(size: 64, hop: 16), ShortTimeFourier(size: 50, hop: 12, windowLength: 40),
    ShortTimeFourier(size: 33, hop: 8, window: .hamming, edges: .mirrored(12), isUnitary: true),
  ]) func `hold all of a sound`(transform: ShortTimeFourier) {
    let sound = randomTensor("sound", [3, 256])
    let again = transform.inverse(transform(sound), length: 250)
    expectClose(again.array, sound.sliced(0..<250, axis: 1).array, tolerance: 2e-6)
  }

  @Test(arguments: 1...2) func `are linear, and so are their inverses`(seed: Int) {
    for transform in Self.transforms.values {
      expectAdjoint([2, 97], seed: seed) { joined(transform($0)) }
      expectAdjoint([2, 2 * transform.bins, 13], seed: seed) { transform.inverse(split($0)) }
    }
  }

  /// A penalty on a gradient that passes through a spectrum needs this.
  @Test func `have gradients that have gradients`() throws {
    let transform = try #require(Self.transforms["centred"])
    expectGradientsMatch(at: [randomTensor("sound", [1, 40])], seed: 1) { x in
      let magnitudes = transform(x[0]).magnitude(floor: 0.1)
      let back = gradients(of: magnitudes.sum(), with: [x[0]], recording: true)[0]
      return (back * back).sum()
    }
  }

  @Test(arguments: [Float(0), 0.9])
  func `without phases become sound as in torchaudio`(momentum: Float) throws {
    let fixture = try Fixture("griffin-lim-\(momentum)", in: .module)
    let magnitudes = fixture["input"].tensor
    let sound = griffinLim(
      magnitudes, phases: Tensor(repeating: 0, shape: magnitudes.shape),
      transform: ShortTimeFourier(size: 32, hop: 8), iterations: 6, momentum: momentum)
    // Phases of small numbers magnify the rounding of single precision.
    expectClose(sound.array, fixture["output"].values, tolerance: 1e-4)
  }

  @Test func `are as far apart as in Parallel WaveGAN and HiFi-GAN`() throws {
    let distance = SpectralDistance([
      ShortTimeFourier(size: 64, hop: 15, windowLength: 50), ShortTimeFourier(size: 30, hop: 8),
    ])
    // Logarithms of small powers magnify the rounding of single precision.
    expectGolden(try Fixture("spectral-distance", in: .module), tolerance: 1e-4) {
      distance(real: $0[0], made: $0[1])
    }
    let mel = MelSpectrogram.hifiGAN(size: 128, hop: 32, windowLength: 96, bands: 11)
    expectGolden(try Fixture("mel-distance", in: .module), tolerance: 2e-5) {
      melDistance(real: $0[0], made: $0[1], mel: mel)
    }
  }

  private func joined(_ spectrum: Spectrum) -> Tensor {
    concatenated([spectrum.real, spectrum.imaginary], axis: 1)
  }

  private func split(_ both: Tensor) -> Spectrum {
    let bins = both.shape[1] / 2
    return Spectrum(
      real: both.sliced(0..<bins, axis: 1), imaginary: both.sliced(bins..<2 * bins, axis: 1))
  }
}

@Suite struct `Windows` {
  @Test(arguments: [
    "hann": Window.hann, "hamming": .hamming, "blackman": .blackman, "kaiser": .kaiser(beta: 8.6),
  ]) func `agree with PyTorch`(name: String, window: Window) throws {
    let expected = try Fixture("windows", in: .module)[name].values
    expectClose(window.values(13), Array(expected[..<13]), tolerance: 1e-6, "periodic \(name)")
    expectClose(
      window.values(13, .symmetric), Array(expected[13...]), tolerance: 1e-6, "symmetric \(name)")
    #expect(window.values(1, .symmetric) == [1])
  }
}
