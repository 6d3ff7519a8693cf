import Imaging
import MediaTypes
import Testing

@Suite struct ReductionTests {
  /// The samples that stand for a colour, by the definitions of the standards.
  static func samples(red: Double, green: Double, blue: Double, _ kind: Kind, height: Int) -> [Int]
  {
    let depth = Double(1 << (kind.format.bitDepth - 8))
    let full = Double(kind.format.maximum)
    let limited = kind.color.range == .limited
    func luma(_ y: Double) -> Int { Int((limited ? (16 + 219 * y) * depth : y * full).rounded()) }
    func chroma(_ c: Double) -> Int {
      Int((limited ? (128 + 224 * c) * depth : 128 * depth + c * full).rounded())
    }
    let alpha = kind.format.hasAlpha ? [kind.format.maximum] : []
    switch kind.format.model {
    case .gray: return [luma(0.299 * red + 0.587 * green + 0.114 * blue)] + alpha
    case .rgb: return [luma(red), luma(green), luma(blue)] + alpha
    case .yuv:
      let (kr, kb): (Double, Double) =
        switch kind.color.matrix {
        case .bt709: (0.2126, 0.0722)
        case .bt2020: (0.2627, 0.0593)
        case .smpte240: (0.212, 0.087)
        default: (0.299, 0.114)
        }
      let y = kr * red + (1 - kr - kb) * green + kb * blue
      return [luma(y), chroma((blue - y) / (2 - 2 * kb)), chroma((red - y) / (2 - 2 * kr))] + alpha
    }
  }

  @Test(arguments: Kind.all) func `brings every format to the same colours`(kind: Kind) {
    let (red, green, blue) = (0.8, 0.35, 0.1)
    let samples = Self.samples(red: red, green: green, blue: blue, kind, height: 30)
    let small = ResidualPlacement(width: 5, height: 4)
      .reduced(picture(37, 30, kind) { plane, _, _ in samples[plane] })
    let y = 0.299 * red + 0.587 * green + 0.114 * blue
    let isGray = kind.format.model == .gray
    let expected = [
      Float(y), isGray ? 0.5 : Float((blue - y) / 1.772 + 0.5),
      isGray ? 0.5 : Float((red - y) / 1.402 + 0.5),
    ].flatMap { [Float](repeating: $0, count: 20) }
    #expect(largestDifference(small.values, expected) < 1.2 / Float(kind.format.maximum) + 1e-5)
  }

  @Test func `takes an unspecified matrix for BT.709 from 720 lines`() {
    let kind = Kind(
      format: .yuv444, color: ColorDescription(range: .limited, matrix: .unspecified))
    let known = Kind(format: .yuv444, color: ColorDescription(range: .limited, matrix: .bt709))
    let placement = ResidualPlacement(width: 4, height: 4)
    let tall = placement.reduced(noise(8, 720, kind))
    #expect(tall == placement.reduced(noise(8, 720, known)))
    #expect(placement.reduced(noise(8, 719, kind)) != placement.reduced(noise(8, 719, known)))
  }

  @Test(arguments: Kind.all) func `sees the upright picture`(kind: Kind) {
    let placement = ResidualPlacement(width: 6, height: 5)
    for orientation in Orientation.allCases {
      // Sides that chroma divides evenly, so that turning moves no chroma.
      let stored = noise(32, 24, kind, orientation: orientation)
      let turned = placement.reduced(stored.turnedUpright())
      #expect(
        largestDifference(placement.reduced(stored).values, turned.values) < 1e-5,
        "\(orientation)")
    }
  }

  @Test func `sees the same in a copy of half the size`() {
    let kind = Kind(format: .rgb8, color: .rgb)
    let whole = noise(96, 64, kind)
    let half = picture(48, 32, kind) { plane, x, y in
      let samples = whole.planes[plane]
      let sum =
        samples[2 * x, 2 * y] + samples[2 * x + 1, 2 * y] + samples[2 * x, 2 * y + 1]
        + samples[2 * x + 1, 2 * y + 1]
      return (sum + 2) / 4
    }
    let placement = ResidualPlacement(width: 16, height: 16)
    let difference = largestDifference(
      placement.reduced(whole).values, placement.reduced(half).values)
    #expect(difference < 0.5 / 255)
  }

  @Test(arguments: Kind.all) func `takes frames smaller than the working size`(kind: Kind) {
    for (width, height) in [(1, 1), (2, 200), (63, 64)] {
      let small = ResidualPlacement(width: 128, height: 128).reduced(noise(width, height, kind))
      #expect(small.values.allSatisfy { $0.isFinite && $0 > -1 && $0 < 2 })
    }
  }
}
