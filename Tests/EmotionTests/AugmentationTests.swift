import Neural
import TestSupport
import Testing

@testable import Emotion

@Suite struct `Augmentation of faces` {
  private func face(_ width: Int, _ height: Int, channels: Int = 1) -> FaceSet.Face {
    let values = hashUniform("face \(width) \(height)", count: channels * width * height)
    return FaceSet.Face(
      width: width, height: height, bytes: values.map { UInt8(127.5 + 120 * $0) }, label: 0)
  }

  private func colors(_ face: FaceSet.Face, channels: Int) -> FancyPCA {
    FancyPCA(FaceSet(emotions: [.happy, .sad], channels: channels, faces: [face]))
  }

  @Test func `can leave a face as it is`() {
    let face = face(12, 12)
    let found = Augmentation.none(
      face, channels: 1, side: 12, colors: colors(face, channels: 1), seed: 5)
    expectClose(found, face.bytes.map { Float($0) / 255 }, tolerance: 1e-6)
  }

  @Test func `mirrors about half of the faces`() {
    var mirroring = Augmentation.none
    mirroring.flips = true
    let face = face(8, 8)
    let straight = face.bytes.map { Float($0) / 255 }
    let mirrored = stride(from: 0, to: 64, by: 8).flatMap { straight[$0..<$0 + 8].reversed() }
    let colors = colors(face, channels: 1)
    let found = (0..<200).map { seed in
      mirroring(face, channels: 1, side: 8, colors: colors, seed: UInt64(seed))
    }
    func isClose(_ a: [Float], _ b: [Float]) -> Bool {
      zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }
    }
    let count = found.count { isClose($0, mirrored) }
    #expect(count > 60 && count < 140, "\(count) of 200")
    #expect(found.allSatisfy { isClose($0, mirrored) || isClose($0, straight) })
  }

  @Test func `brings the longest side to the square and repeats the borders`() {
    // White above, black below, twice as wide as high.
    let bytes = [UInt8](repeating: 255, count: 32) + [UInt8](repeating: 0, count: 32)
    let wide = FaceSet.Face(width: 16, height: 4, bytes: bytes, label: 0)
    let found = Augmentation.none(
      wide, channels: 1, side: 16, colors: colors(wide, channels: 1), seed: 1)
    #expect(found[0..<16].allSatisfy { $0 == 1 } && found[240...].allSatisfy { $0 == 0 })
    #expect(found[6 * 16..<8 * 16].allSatisfy { $0 == 1 })
  }

  @Test func `stays within 0 and 1, and follows from its seed`() {
    let face = face(20, 15, channels: 3)
    let colors = colors(face, channels: 3)
    func made(_ seed: UInt64) -> [Float] {
      Augmentation.strong(face, channels: 3, side: 16, colors: colors, seed: seed)
    }
    for seed in 0..<50 {
      let values = made(UInt64(seed))
      #expect(values.count == 3 * 16 * 16)
      #expect(values.allSatisfy { 0...1 ~= $0 }, "seed \(seed)")
    }
    #expect(made(3) == made(3) && made(3) != made(4))
  }

  @Test func `finds the directions in which colours vary`() {
    // Brightness varies by 100 in all channels at once, and the second channel by 20 beside that.
    var bytes: [UInt8] = []
    let plane = 64 * 64
    let (light, hue) = (hashUniform("light", count: plane), hashUniform("hue", count: plane))
    for channel in 0..<3 {
      bytes += (0..<plane).map { UInt8(127 + 100 * light[$0] + (channel == 1 ? 20 * hue[$0] : 0)) }
    }
    let face = FaceSet.Face(width: 64, height: 64, bytes: bytes, label: 0)
    let axes = colors(face, channels: 3).axes
    let lengths = axes.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }.sorted()
    // Deviations of uniform numbers: 1/√3 of their bound.
    #expect(abs(lengths[2] - 0.396) < 0.03, "\(lengths)")
    #expect(abs(lengths[1] - 0.037) < 0.008 && lengths[0] < 0.004, "\(lengths)")
  }
}
