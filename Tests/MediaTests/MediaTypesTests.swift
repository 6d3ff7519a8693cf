import MediaTypes
import Testing

@Suite struct `Values` {
  @Test func `rationals are kept in lowest terms`() {
    #expect(Rational(30, 12) == Rational(5, 2))
    #expect(Rational(3, -6) == Rational(-1, 2))
    #expect(Rational(0, 7) == Rational(0, 1))
  }

  @Test func `timestamps compare as times, whatever their bases`() {
    let a = Timestamp(value: 1001, base: Rational(1, 30000))
    let b = Timestamp(value: 2002, base: Rational(1, 60000))
    #expect(a == b && a.hashValue == b.hashValue)
    #expect(Timestamp(value: 33, base: Rational(1, 1000)) < a)
    let far = Timestamp(value: Int64.max / 2, base: Rational(1, 1_000_000_000))
    #expect(far < Timestamp(value: Int64.max / 2 + 1, base: Rational(1, 1_000_000_000)))
  }

  @Test func `chroma of odd sizes is rounded up`() {
    let size = PixelFormat.yuv420.planeSize(1, width: 7, height: 5)
    #expect(size == (4, 3))
    #expect(PixelFormat.yuv420.planeSize(0, width: 7, height: 5) == (7, 5))
  }

  @Test func `interleaved bytes go in and out unchanged`() {
    let bytes = (0..<5 * 3 * 3).map { UInt8($0 * 5) }
    #expect(Picture(rgbWidth: 5, height: 3, bytes: bytes).interleavedRGB == bytes)
  }

  @Test func `turning upright is what EXIF says`() {
    // 1 2 3
    // 4 5 6
    let expected: [Orientation: [UInt8]] = [
      .upright: [1, 2, 3, 4, 5, 6], .flippedHorizontally: [3, 2, 1, 6, 5, 4],
      .rotated180: [6, 5, 4, 3, 2, 1], .flippedVertically: [4, 5, 6, 1, 2, 3],
      .transposed: [1, 4, 2, 5, 3, 6], .rotatedClockwise: [4, 1, 5, 2, 6, 3],
      .transversed: [6, 3, 5, 2, 4, 1], .rotatedCounterclockwise: [3, 6, 2, 5, 1, 4],
    ]
    for orientation in Orientation.allCases {
      var picture = Picture(grayWidth: 3, height: 2, bytes: [1, 2, 3, 4, 5, 6])
      picture.orientation = orientation
      let upright = picture.turnedUpright()
      #expect(upright.planes[0].samples == .eight(expected[orientation] ?? []), "\(orientation)")
      #expect(upright.orientation == .upright)
      #expect(upright.width == (orientation.swapsSides ? 2 : 3))
    }
  }
}
