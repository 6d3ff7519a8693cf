import Imaging
import MediaTypes
import Testing

@Suite struct PeakSignalToNoiseRatioTests {
  @Test(arguments: Kind.all) func `is infinite for a picture and itself`(kind: Kind) {
    let same = noise(19, 11, kind)
    #expect(peakSignalToNoiseRatio(same, same) == .infinity)
  }

  @Test func `is 48 decibels for one level everywhere`() {
    let kind = Kind(format: .rgb8, color: .rgb)
    let ratio = peakSignalToNoiseRatio(
      picture(9, 7, kind) { $0 + $1 + $2 }, picture(9, 7, kind) { $0 + $1 + $2 + 1 })
    #expect(abs(ratio - 48.130_803_608_679_1) < 1e-4)
  }

  @Test func `takes the mean over all channels`() {
    let kind = Kind(format: .rgb8, color: .rgb)
    let a = picture(8, 8, kind) { _, _, _ in 100 }
    let b = picture(8, 8, kind) { plane, x, _ in plane == 2 && x < 4 ? 106 : 100 }
    #expect(abs(meanSquaredDifference(a, b) - 6) < 1e-6)
  }

  @Test func `counts in 8-bit units at every depth`() {
    let kind = Kind(format: PixelFormat(model: .rgb, bitDepth: 16), color: .rgb)
    let a = picture(8, 8, kind) { _, _, _ in 100 * 257 }
    let b = picture(8, 8, kind) { _, _, _ in 103 * 257 }
    #expect(abs(meanSquaredDifference(a, b) - 9) < 1e-3)
  }

  @Test func `compares colours, not samples`() {
    let samples = { (kind: Kind) in
      ReductionTests.samples(red: 0.7, green: 0.4, blue: 0.2, kind, height: 20)
    }
    let rgb = Kind(format: .rgb8, color: .rgb)
    for kind in Kind.all where kind.format.model == .yuv {
      let colors = samples(kind)
      let reference = samples(rgb)
      let difference = meanSquaredDifference(
        picture(21, 20, kind) { plane, _, _ in colors[plane] },
        picture(21, 20, rgb) { plane, _, _ in reference[plane] })
      #expect(difference < 1.5, "\(kind)")
    }
  }

  @Test func `a luma difference in limited range shows in all channels`() {
    let kind = Kind(format: .yuv420, color: ColorDescription(range: .limited, matrix: .bt709))
    let a = picture(16, 10, kind) { plane, _, _ in plane == 0 ? 100 : 128 }
    let b = picture(16, 10, kind) { plane, _, _ in plane == 0 ? 103 : 128 }
    let expected = 3.0 * 255 / 219
    #expect(abs(meanSquaredDifference(a, b) - expected * expected) < 1e-3)
  }

  @Test(arguments: Kind.all) func `looks at every row of every plane`(kind: Kind) {
    let before = picture(16, 9, kind) { _, _, _ in kind.format.maximum / 2 }
    for plane in 0..<kind.format.colorPlaneCount {
      for row in 0..<before.planes[plane].height {
        let after = picture(16, 9, kind) { index, _, y in
          kind.format.maximum / 2 + (index == plane && y == row ? kind.format.maximum / 8 : 0)
        }
        #expect(meanSquaredDifference(before, after) > 1, "plane \(plane) row \(row)")
      }
    }
  }

  @Test func `leaves out what a screen cannot show`() {
    let kind = Kind(format: .yuv444, color: ColorDescription(range: .limited, matrix: .bt601))
    let a = picture(4, 4, kind) { plane, _, _ in plane == 0 ? 240 : 128 }
    let b = picture(4, 4, kind) { plane, _, _ in plane == 0 ? 250 : 128 }
    #expect(meanSquaredDifference(a, b) == 0)
  }
}
