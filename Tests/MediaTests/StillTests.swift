import Foundation
import Media
import MediaTypes
import Testing

@Suite struct `Stills` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  static let exact: [PixelFormat] = [.gray, .rgb].flatMap { model in
    [8, 16].flatMap { depth in
      [false, true].map { PixelFormat(model: model, bitDepth: depth, hasAlpha: $0) }
    }
  }

  private func picture(_ format: PixelFormat, _ width: Int = 37, _ height: Int = 23) -> Picture {
    var color = ColorDescription.rgb
    if format.model == .gray { color.matrix = .unspecified }
    return movingSquare(2, width: width, height: height, format: format, color: color)
  }

  @Test(arguments: exact)
  func `PNG keeps every sample`(format: PixelFormat) throws {
    let original = picture(format)
    try writeStill(original, to: folder.file("a.png"))
    let read = try readStill(path: folder.file("a.png"))
    #expect(read.format == format)
    #expect(read.planes == original.planes)
  }

  @Test(arguments: exact)
  func `TIFF keeps every sample`(format: PixelFormat) throws {
    let original = picture(format)
    try writeStill(original, to: folder.file("a.tif"))
    let read = try readStill(path: folder.file("a.tif"))
    #expect(read.format == format)
    #expect(read.planes == original.planes)
  }

  @Test(arguments: ["webp", "bmp"], [PixelFormat.rgb8, .rgba8])
  func `WebP and BMP keep every sample`(name: String, format: PixelFormat) throws {
    let original = picture(format)
    try writeStill(original, to: folder.file("a." + name))
    let read = try readStill(path: folder.file("a." + name))
    #expect(read.format == format)
    #expect(read.planes == original.planes)
  }

  @Test func `PNG carries profile, EXIF, gamma, resolution and texts`() throws {
    var original = picture(.rgb8)
    original.metadata = StillMetadata(
      exif: exif(orientation: 1), texts: [.init(keyword: "Title", text: "Zürich ☂")],
      gamma: 0.45455, resolution: .init(x: 2835, y: 2834))
    try writeStill(original, to: folder.file("a.png"))
    var read = try readStill(path: folder.file("a.png")).metadata
    #expect(abs((read.gamma ?? 0) - 0.45455) < 1e-5)
    read.gamma = 0.45455
    #expect(read == original.metadata)
    original.metadata = StillMetadata(colorProfile: rgbProfile)
    try writeStill(original, to: folder.file("b.png"))
    #expect(try readStill(path: folder.file("b.png")).metadata.colorProfile == rgbProfile)
  }

  @Test(.enabled(if: Tool.exists, "needs ffmpeg"), arguments: ["pal8", "monob", "gray", "ya16be"])
  func `PNG of palettes and few bits is expanded`(format: String) throws {
    let path = folder.file("a.png")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc=s=37x23:d=0.04:r=25", "-frames:v", "1", "-pix_fmt",
      format, path)
    let read = try readStill(path: path)
    #expect((read.width, read.height) == (37, 23))
    let values = read.planes.map { Set($0.values).count }
    #expect(values[0] > 1)
    #expect(read.format.model == (format == "pal8" ? .rgb : .gray))
  }

  @Test(.enabled(if: Tool.exists, "needs ffmpeg")) func `a GIF of one frame is a still`() throws {
    for (count, kind) in [(1, MediaReader.Kind.still), (3, .video)] {
      let path = folder.file("\(count).gif")
      try Tool.run(
        "ffmpeg", "-f", "lavfi", "-i", "testsrc=s=37x23:d=2:r=25", "-frames:v", "\(count)", path)
      let (reader, pictures, _) = try items(of: path)
      #expect(reader.kind == kind)
      #expect(pictures.count == count)
      #expect(pictures.allSatisfy { $0.width == 37 && $0.format.model == .rgb })
    }
  }

  @Test func `an animated PNG of several frames is a video`() throws {
    for (count, kind) in [(1, MediaReader.Kind.still), (3, .video)] {
      let path = folder.file("\(count).apng")
      try writeClip(path, frames: count)
      #expect(try MediaReader(path: path).kind == kind)
    }
  }

  @Test func `the kind is told from the data, not from the name`() throws {
    let png = try encodeStill(picture(.rgb8), as: .png, name: "a")
    let path = try folder.file("a.mp4", png)
    let (reader, pictures, _) = try items(of: path)
    #expect(reader.kind == .still)
    #expect(pictures.count == 1)
    try writeClip(folder.file("b.mp4"))
    try FileManager.default.moveItem(atPath: folder.file("b.mp4"), toPath: folder.file("b.png"))
    #expect(try MediaReader(path: folder.file("b.png")).kind == .video)
  }

  @Test func `memory gives the same as a file`() throws {
    let png = try encodeStill(picture(.rgb8), as: .png, name: "standard output")
    let path = try folder.file("a.png", png)
    #expect(try readStill(png, name: "standard input").planes == readStill(path: path).planes)
  }
}

/// A big-endian EXIF block with one entry.
func exif(orientation: UInt8) -> [UInt8] {
  [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0]
    + [0, 0]
}

/// As much of an ICC profile as libpng looks at: sizes, signatures, one tag (of noise, since libpng
/// takes a profile that compresses too well for a damaged one).
let rgbProfile: [UInt8] = {
  var profile = [UInt8](repeating: 0, count: 400)
  profile.replaceSubrange(2..<4, with: [1, 144])
  profile[8] = 2
  profile.replaceSubrange(12..<24, with: Array("mntrRGB XYZ ".utf8))
  profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
  profile.replaceSubrange(68..<80, with: [0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D])
  profile[131] = 1
  profile.replaceSubrange(132..<144, with: Array("cprt".utf8) + [0, 0, 0, 144, 0, 0, 1, 0])
  profile.replaceSubrange(144..<148, with: Array("text".utf8))
  var random = Xorshift(state: 3)
  for index in 152..<400 { profile[index] = .random(in: 0...255, using: &random) }
  return profile
}()
