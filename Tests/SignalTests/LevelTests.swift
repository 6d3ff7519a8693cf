import Foundation
import Signal
import Tensors
import TestSupport
import Testing

@Suite struct `Levels of sound` {
  @Test func `over time are those of librosa`() throws {
    let fixture = try Fixture("silence", in: .module)
    let levels = rootMeanSquares(of: fixture["input"].values, size: 1024, hop: 256)
    expectClose(levels, fixture["output"].values, tolerance: 1e-6)
  }

  @Test(arguments: [Float(60), 25]) func `tell what is not silent`(range: Float) throws {
    let fixture = try Fixture("silence", in: .module)
    let part = loudPart(of: fixture["input"].values, within: range, size: 1024, hop: 256)
    #expect(
      [Float(part.lowerBound), Float(part.upperBound)] == fixture["part.\(Int(range))"].values)
    #expect(loudPart(of: [Float](repeating: 0, count: 5000)).isEmpty)
  }

  @Test func `as a whole are those of BS.1770`() throws {
    let channels = [(440.0, 1.0), (97.0, 0.5)].map { hertz, height in
      (0..<80_000).map { sample in
        let seconds = Double(sample) / 8000
        let level = seconds < 6 ? 0.3 : 0.004
        return Float(level * height * sin(2 * .pi * hertz * seconds))
      }
    }
    let expected = Double(try Fixture("loudness", in: .module)["output"].values[0])
    #expect(abs(loudness(of: channels, sampleRate: 8000) - expected) < 0.02)
    #expect(loudness(of: [[Float](repeating: 0, count: 8000)], sampleRate: 8000) == -.infinity)
  }

  @Test func `are emphasized as in torchaudio, and back`() throws {
    let fixture = try Fixture("pre-emphasis", in: .module)
    expectGolden(fixture, tolerance: 1e-6) { preEmphasized($0[0]) }
    let sound = Array(fixture["input"].values[..<29])
    let emphasized = preEmphasized(Tensor(sound, shape: [1, 29])).array
    expectClose(deEmphasized(emphasized), sound, tolerance: 1e-6)
  }
}
