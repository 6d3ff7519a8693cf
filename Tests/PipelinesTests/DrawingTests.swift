import MediaTypes
import Testing

@testable import Pipelines

struct DrawingTests {
  @Test func `the difference stands around grey and is limited`() {
    let cover = Picture(rgbWidth: 2, height: 1, bytes: [100, 100, 100, 100, 100, 100])
    let marked = Picture(rgbWidth: 2, height: 1, bytes: [100, 101, 98, 110, 90, 100])
    let difference = amplifiedDifference(cover, marked, gain: 20)
    #expect(difference.interleavedRGB == [128, 148, 88, 255, 0, 128])
  }

  @Test func `pictures are laid where they belong`() {
    var canvas = Canvas(width: 4, height: 3)
    canvas.draw(Picture(rgbWidth: 2, height: 1, bytes: [1, 2, 3, 4, 5, 6]), x: 1, y: 2)
    canvas.draw([0, 50, 100, 150], side: 2, x: 2, y: 0)
    let bytes = canvas.picture.interleavedRGB
    #expect(Array(bytes[27..<33]) == [1, 2, 3, 4, 5, 6])
    #expect(Array(bytes[6..<12]) == [0, 0, 0, 50, 50, 50])
    #expect(Array(bytes[18..<24]) == [100, 100, 100, 150, 150, 150])
    #expect(bytes[0] == 255)
  }

  @Test func `what is drawn beyond the edge is left out`() {
    var canvas = Canvas(width: 2, height: 2)
    canvas.draw(
      Picture(rgbWidth: 3, height: 3, bytes: [UInt8](repeating: 9, count: 27)), x: 1, y: 1)
    #expect(canvas.picture.interleavedRGB == [UInt8](repeating: 255, count: 9) + [9, 9, 9])
  }

  @Test func `a picture is shown upright, in square samples, within bounds`() throws {
    var picture = Picture(
      rgbWidth: 40, height: 20, bytes: [UInt8](repeating: 7, count: 2400))
    picture.sampleAspect = Rational(2, 1)
    picture.orientation = .rotatedClockwise
    let shown = try picture.shown(within: 100, 60)
    // Seen 20 × 40 with samples twice as high as wide: 20 × 80, reduced to 15 × 60.
    #expect((shown.width, shown.height) == (15, 60))
    #expect(shown.orientation == .upright)
  }

  @Test func `the strip spreads over a clip of unknown length`() throws {
    var strip = FrameStrip()
    for value in 0..<100 {
      let bytes = [UInt8](repeating: UInt8(value), count: 4096)
      try strip.add(Picture(grayWidth: 64, height: 64, bytes: bytes))
    }
    let numbers = strip.selection.map(\.number)
    #expect(numbers.count == 8)
    #expect(numbers.first == 0)
    #expect(numbers == numbers.sorted())
    #expect(try #require(numbers.last) >= 88)
    for frame in strip.selection { #expect(frame.picture.planes[0][0, 0] == frame.number) }
  }

  @Test func `a plot holds every curve and survives odd values`() {
    let plot = Plot(
      title: "a < b", xLabel: "x",
      curves: [
        .init(label: "one & two", points: [(0, 1), (1, .nan), (2, 3)], color: "#000"),
        .init(label: "none", points: [], color: "#111"),
      ])
    #expect(plot.svg.contains("a &lt; b"))
    #expect(plot.svg.contains("one &amp; two"))
    #expect(plot.svg.matches(of: /<polyline/).count == 2)
    #expect(!plot.svg.contains("nan"))
  }
}
