import Foundation
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

  /// What one kind of change makes of a face, by seed.
  private func changed(
    _ face: FaceSet.Face, channels: Int = 1, side: Int, _ seeds: Int,
    _ set: (inout Augmentation) -> Void
  ) -> [[Float]] {
    var augmentation = Augmentation.none
    set(&augmentation)
    let colors = colors(face, channels: channels)
    return (0..<seeds).map {
      augmentation(face, channels: channels, side: side, colors: colors, seed: UInt64($0))
    }
  }

  private func uniform(_ level: UInt8, side: Int, channels: Int = 1) -> FaceSet.Face {
    FaceSet.Face(
      width: side, height: side, bytes: Array(repeating: level, count: channels * side * side),
      label: 0)
  }

  @Test func `brightens and darkens by exponents that are spread evenly`() {
    let found = changed(uniform(128, side: 8), side: 8, 100) { $0.gamma = 0.5...2 }
    let level = log(Float(128) / 255)
    let exponents = found.map { values -> Float in log2(log(values[0]) / level) }
    #expect(exponents.allSatisfy { abs($0) < 1.001 })
    let mean = exponents.reduce(0, +) / 100
    #expect(abs(mean) < 0.2, "\(mean)")
    #expect(exponents.count { $0 > 0.5 } > 12 && exponents.count { $0 < -0.5 } > 12)
  }

  @Test func `sharpens a third of the faces`() {
    var bytes = [UInt8](repeating: 100, count: 64)
    bytes[8 * 4 + 4] = 120
    let dot = FaceSet.Face(width: 8, height: 8, bytes: bytes, label: 0)
    let found = changed(dot, side: 8, 120) { $0.sharpening = 0.5 }
    let levels = found.map { $0[8 * 4 + 4] * 255 }
    #expect(levels.allSatisfy { $0 > 119.99 && $0 < 130.01 })
    let count = levels.count { $0 > 120.01 }
    #expect(count > 20 && count < 60, "\(count) of 120")
    // The neighbours lose a quarter of what the dot wins.
    for values in found {
      let won: Float = 255 * values[8 * 4 + 4] - 120
      let lost: Float = 100 - 255 * values[8 * 4 + 3]
      #expect(abs(4 * lost - won) < 0.01)
    }
  }

  @Test func `hides the same rectangle in all channels`() {
    let found = changed(uniform(200, side: 16, channels: 3), channels: 3, side: 16, 40) {
      $0.erasing = 0.5
    }
    var erased = 0
    for values in found {
      let planes = (0..<3).map { channel in
        (0..<256).filter { values[256 * channel + $0] == 0.5 }
      }
      #expect(planes[1] == planes[0] && planes[2] == planes[0])
      erased += planes[0].isEmpty ? 0 : 1
    }
    #expect(erased > 10 && erased < 30, "\(erased) of 40")
  }

  @Test func `turns faces by up to the angle that is set`() {
    // Brightness rises to the right: where it rises to in the square says how far that is turned.
    let bytes = (0..<64 * 64).map { place -> UInt8 in 40 + 2 * UInt8(place % 64) }
    let slope = FaceSet.Face(width: 64, height: 64, bytes: bytes, label: 0)
    let found = changed(slope, side: 64, 60) { $0.rotation = 30 }
    let angles = found.map { values -> Float in
      let across: Float = values[2088] - values[2072]  // row 32, columns 40 and 24
      let down: Float = values[2592] - values[1568]  // column 32, rows 40 and 24
      return atan2(down, across) * 180 / .pi
    }
    #expect(angles.allSatisfy { abs($0) < 30.5 })
    #expect(angles.count { $0 > 10 } > 10 && angles.count { $0 < -10 } > 10, "\(angles)")
  }

  @Test func `takes the mean of what a pixel covers`() {
    // Stripes as wide as half of what a pixel covers.
    let bytes = (0..<64 * 64).map { place -> UInt8 in place % 8 < 4 ? 200 : 100 }
    let stripes = FaceSet.Face(width: 64, height: 64, bytes: bytes, label: 0)
    for values in changed(stripes, side: 8, 20, { $0.shift = 0.05 }) {
      // Beyond the middle, borders are repeated.
      #expect(values[34..<38].allSatisfy { abs(255 * $0 - 150) < 0.01 }, "\(values[34..<38])")
    }
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
