import Foundation
import Signal
import TestSupport
import Testing

@Suite struct `Changing the sample rate` {
  @Test(arguments: [(44_100, 48_000), (48_000, 16_000), (16_000, 22_050), (3, 2)])
  func `agrees with torchaudio`(old: Int, new: Int) throws {
    let fixture = try Fixture("resample-\(old)-\(new)", in: .module)
    let result = Resampler.resampled(fixture["input"].values, from: old, to: new)
    expectClose(result, fixture["output"].values, tolerance: 2e-6)
  }

  @Test(arguments: 1...3) func `does not depend on how a sound is cut`(seed: Int) {
    let sound = hashUniform("sound \(seed)", count: 3000).map { Float($0) }
    let whole = Resampler.resampled(sound, from: 44_100, to: 32_000)
    #expect(whole.count == (3000 * 320 + 440) / 441)
    var resampler = Resampler(from: 44_100, to: 32_000)
    var cut: [Float] = []
    var start = 0
    for length in hashUniform("cuts \(seed)", count: 100).map({ Int(($0 + 1) * 60) }) {
      let end = min(sound.count, start + length)
      cut += resampler.append(Array(sound[start..<end]))
      start = end
    }
    cut += resampler.append(Array(sound[start...]))
    cut += resampler.finish()
    #expect(cut == whole)
  }

  @Test func `keeps what both rates can hold, and nothing else`() {
    func tone(_ hertz: Double, _ rate: Double) -> [Float] {
      (0..<Int(rate / 2)).map { Float(0.5 * sin(2 * .pi * hertz * Double($0) / rate)) }
    }
    func inner(_ samples: [Float]) -> ArraySlice<Float> { samples[1000..<samples.count - 1000] }
    let kept = Resampler.resampled(tone(6700, 44_100), from: 44_100, to: 16_000)
    let errors = zip(inner(kept), inner(tone(6700, 16_000))).map { abs($0 - $1) }
    #expect((errors.max() ?? 1) < 5e-6, "100 dB below the tone")
    let lost = Resampler.resampled(tone(8300, 44_100), from: 44_100, to: 16_000)
    #expect((inner(lost).map(abs).max() ?? 1) < 5e-6, "100 dB below the tone")
  }

  @Test func `to the same rate changes nothing`() {
    let sound: [Float] = [0.1, -0.2, 0.3]
    #expect(Resampler.resampled(sound, from: 8000, to: 8000) == sound)
    #expect(Resampler.resampled([], from: 8000, to: 16_000).isEmpty)
  }
}
