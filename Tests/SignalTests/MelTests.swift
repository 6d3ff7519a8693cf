import Foundation
import Signal
import Tensors
import TestSupport
import Testing

@Suite struct `Mel bands` {
  @Test func `agree with librosa and torchaudio`() throws {
    let fixture = try Fixture("mel-bands", in: .module)
    let banks: [String: Matrix] = [
      "slaney": MelScale.slaney.filterbank(
        bands: 9, bins: 65, sampleRate: 22_050, range: 50...8000),
      "slaney-peak": MelScale.slaney.filterbank(
        bands: 7, bins: 65, sampleRate: 16_000, range: 0...8000, weighting: .peak),
      "htk": MelScale.htk.filterbank(
        bands: 9, bins: 65, sampleRate: 16_000, range: 20...7600, weighting: .peak),
      "htk-area": MelScale.htk.filterbank(
        bands: 9, bins: 65, sampleRate: 16_000, range: 0...8000),
    ]
    for (name, bank) in banks {
      #expect([bank.rows, bank.columns] == fixture[name].shape)
      // torchaudio makes its own in single precision.
      let columns = identity(bank.columns).mixed(by: bank)
      expectClose(columns.array, fixture[name].values, tolerance: 2e-5, name)
    }
  }

  @Test(arguments: [MelScale.htk, .slaney]) func `go up and come back`(scale: MelScale) {
    let hertz = [0, 50, 999, 1000, 1001, 4321, 12_000.0]
    let mels = hertz.map { scale.mel(hertz: $0) }
    #expect(mels == mels.sorted())
    for (mel, hertz) in zip(mels, hertz) {
      #expect(abs(scale.hertz(mel: mel) - hertz) < 1e-9 * max(1, hertz))
    }
  }

  @Test func `in logarithms are those of HiFi-GAN`() throws {
    let mel = MelSpectrogram.hifiGAN(size: 128, hop: 32, windowLength: 96, bands: 11)
    expectGolden(try Fixture("mel-hifi-gan", in: .module), tolerance: 2e-5) {
      mel.logarithmic($0[0])
    }
  }

  @Test func `have the cepstra of torchaudio`() throws {
    let mel = MelSpectrogram(
      transform: ShortTimeFourier(size: 128, hop: 32, windowLength: 96), quantity: .power,
      filterbank: MelScale.htk.filterbank(
        bands: 11, bins: 65, sampleRate: 16_000, range: 0...8000, weighting: .peak))
    expectGolden(try Fixture("mfcc", in: .module), tolerance: 1e-4) {
      cepstrum(ofLogarithmic: decibels(ofPower: mel($0[0])), count: 5)
    }
  }

  private func identity(_ size: Int) -> Tensor {
    let values = (0..<size * size).map { $0 % (size + 1) == 0 ? Float(1) : 0 }
    return Tensor(values, shape: [1, size, size, 1])
  }
}
