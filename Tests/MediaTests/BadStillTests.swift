import Foundation
import Media
import MediaTypes
import Testing

@Suite struct `Bad stills` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private let picture = movingSquare(1, format: .rgb8, color: .rgb)

  @Test(arguments: StillFormat.allCases)
  func `a truncated still is one sentence`(format: StillFormat) throws {
    let whole = try encodeStill(picture, as: format, name: "a")
    for length in [0, 1, 3, 8, 20, 33, 40] + (1..<16).map({ whole.count * $0 / 16 }) {
      let words = complaint { _ = try readStill(Array(whole.prefix(length)), name: "cut") }
      #expect(words == "nothing" || words.hasPrefix("cannot "), "\(length)")
      if format == .png || format == .jpeg {
        #expect(words != "nothing", "\(length) of \(whole.count)")
      }
    }
  }

  @Test(arguments: 0..<40)
  func `random bytes inside a still never crash`(seed: UInt64) throws {
    var random = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    for format in StillFormat.allCases {
      var data = try encodeStill(picture, as: format, name: "a")
      for _ in 0..<(1 << (seed % 5)) {
        data[Int.random(in: 2..<data.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let words = complaint { _ = try readStill(data, name: "bad") }
      #expect(words == "nothing" || words.contains("bad"))
    }
  }

  @Test func `sizes that exhaust memory are refused`() throws {
    var png = try encodeStill(picture, as: .png, name: "a")
    png.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0])
    let words = complaint { _ = try readStill(png, name: "huge.png") }
    #expect(
      words
        == "cannot decode huge.png: its 100000×100000 samples are more than the 16384 per side"
        + " allowed")
    var jpeg = try encodeStill(picture, as: .jpeg, name: "a")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x80, 0, 0x80, 0])
    #expect(complaint { _ = try readStill(jpeg, name: "huge") }.contains("32768×32768"))
    var bmp = try encodeStill(picture, as: .bmp, name: "a")
    bmp.replaceSubrange(18..<26, with: [0, 0, 1, 0, 0, 0, 1, 0])
    #expect(complaint { _ = try readStill(bmp, name: "huge") }.hasPrefix("cannot decode huge"))
  }

  @Test func `text and nothing are named`() throws {
    #expect(complaint { _ = try readStill([], name: "x") } == "cannot read x: it is empty")
    #expect(
      complaint { _ = try readStill(Array("hello".utf8), name: "standard input") }
        == "cannot read standard input: it is no picture of a known format")
    let missing = folder.file("a.png")
    #expect(
      complaint { _ = try readStill(path: missing) }
        == "cannot open \(missing): No such file or directory")
  }

  @Test func `an unknown extension is named, and nothing is left`() throws {
    let path = folder.file("a.xyz")
    #expect(complaint { try writeStill(picture, to: path) }.hasPrefix("cannot write \(path): its"))
    #expect(try folder.contents == [])
  }

  @Test(.enabled(if: Tool.exists, "needs ffmpeg")) func `animated WebP is refused in words`() throws
  {
    let path = folder.file("a.webp")
    try Tool.run("ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=32x32:r=5:d=1", path)
    #expect(
      complaint { _ = try MediaReader(path: path) }
        == "cannot decode \(path): animated WebP is not read")
  }
}
