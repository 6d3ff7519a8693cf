import Foundation
import Media
import MediaTypes
import Testing

@Suite struct `JPEG` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test(
    arguments: [
      PixelFormat.gray8, .yuv420, .yuv422, .yuv444, PixelFormat(model: .yuv, chromaShiftY: 1),
      PixelFormat(model: .yuv, chromaShiftX: 2),
    ])
  func `the planes are the file's own`(format: PixelFormat) throws {
    for (width, height) in [(64, 48), (37, 23)] {
      let original = movingSquare(1, width: width, height: height, format: format, color: .jpeg)
      try writeStill(original, to: folder.file("a.jpg"))
      let read = try readStill(path: folder.file("a.jpg"))
      #expect(read.format == format)
      #expect(read.color.range == .full)
      #expect(psnr(read, original) > 40, "\(width)×\(height)")
    }
  }

  @Test func `RGB becomes 4:4:4`() throws {
    let original = movingSquare(1, format: .rgb8, color: .rgb)
    try writeStill(original, to: folder.file("a.jpg"))
    let read = try readStill(path: folder.file("a.jpg"))
    #expect(read.format == .yuv444)
    let rgb = try converted(read, to: .rgb8, width: read.width, height: read.height)
    #expect(psnr(rgb, original) > 38)
  }

  @Test func `limited range is widened, not cut`() throws {
    let original = movingSquare(1)
    try writeStill(original, to: folder.file("a.jpg"))
    let read = try readStill(path: folder.file("a.jpg"))
    let back = try converted(
      read, to: .yuv420, width: 64, height: 48,
      color: ColorDescription(range: .limited, matrix: .bt601))
    #expect(psnr(back, original) > 40)
  }

  @Test func `alpha is laid over white`() throws {
    var picture = movingSquare(1, format: .rgba8, color: .rgb)
    picture.planes[3] = Plane(width: 64, height: 48, bitDepth: 8, repeating: 0)
    let file = try encodeStill(picture, as: .jpeg, name: "a")
    let read = try readStill(file, name: "a")
    #expect(Set(read.planes[0].values) == [255])
  }

  @Test func `EXIF, profile and texts are carried over`() throws {
    var picture = movingSquare(0, format: .yuv420, color: .jpeg)
    picture.metadata = StillMetadata(
      colorProfile: rgbProfile, exif: exif(orientation: 6),
      texts: [
        .init(keyword: "XML:com.adobe.xmp", text: "<x:xmpmeta/>"),
        .init(keyword: "Comment", text: "Grüße"),
      ], resolution: .init(x: 11811, y: 11811))
    picture.orientation = .rotatedClockwise
    try writeStill(picture, to: folder.file("a.jpg"))
    let read = try readStill(path: folder.file("a.jpg"))
    #expect(read.metadata == picture.metadata)
    #expect(read.orientation == .rotatedClockwise)
    try writeStill(read, to: folder.file("b.jpg"))
    #expect(try readStill(path: folder.file("b.jpg")).metadata == picture.metadata)
  }

  @Test func `a profile of several segments is put together`() throws {
    var picture = movingSquare(0, format: .yuv420, color: .jpeg)
    let profile = rgbProfile + (0..<150_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    picture.metadata.colorProfile = profile
    let file = try encodeStill(picture, as: .jpeg, name: "a")
    #expect(try readStill(file, name: "a").metadata.colorProfile == profile)
  }

  @Test(arguments: Orientation.allCases)
  func `orientation is baked into formats that have none`(orientation: Orientation) throws {
    var picture = movingSquare(1, width: 40, height: 24, format: .yuv444, color: .jpeg)
    picture.metadata.exif = exif(orientation: UInt8(orientation.rawValue))
    picture.orientation = orientation
    try writeStill(picture, to: folder.file("a.jpg"))
    let stored = try readStill(path: folder.file("a.jpg"))
    #expect(stored.orientation == orientation)
    let upright = stored.turnedUpright()
    for name in ["a.png", "a.webp", "a.tif"] {
      try writeStill(stored, to: folder.file(name))
      let read = try readStill(path: folder.file(name))
      #expect(read.orientation == .upright)
      let expected = try converted(
        upright, to: .rgb8, width: upright.width, height: upright.height)
      #expect((read.width, read.height) == (expected.width, expected.height))
      #expect(read.planes == expected.planes, "\(name)")
    }
  }

  @Test func `quality is libjpeg's, higher being better and larger`() throws {
    let picture = movingSquare(3, width: 96, height: 80, format: .rgb8, color: .rgb)
    let sizes = try [20, 50, 75, 95].map {
      try encodeStill(picture, as: .jpeg, settings: StillSettings(quality: $0), name: "a").count
    }
    #expect(sizes == sizes.sorted() && Set(sizes).count == 4)
    // The first quantizer of luma in the Annex K table is 16: at 50 unchanged, at 75 halved.
    let file = try encodeStill(picture, as: .jpeg, settings: StillSettings(quality: 75), name: "a")
    let table = try #require(file.indices.first { file[$0] == 0xFF && file[$0 + 1] == 0xDB })
    #expect(file[table + 5] == 8)
    for quality in [0, 101] {
      let words = complaint {
        _ = try encodeStill(
          picture, as: .jpeg, settings: StillSettings(quality: quality), name: "a")
      }
      #expect(words == "cannot use quality \(quality): JPEG takes 1 to 100")
    }
  }

  @Test func `a round trip in memory is the file's`() throws {
    let picture = movingSquare(3, width: 96, height: 80, format: .yuv420, color: .jpeg)
    let file = try encodeStill(picture, as: .jpeg, settings: StillSettings(quality: 50), name: "a")
    let viaFile = try readStill(file, name: "a")
    let inMemory = try jpegRoundTrip(picture, quality: 50)
    #expect(inMemory.planes == viaFile.planes)
    let rgb = movingSquare(3, width: 97, height: 81, format: .rgb8, color: .rgb)
    let fine = psnr(try jpegRoundTrip(rgb, quality: 90), rgb)
    let coarse = psnr(try jpegRoundTrip(rgb, quality: 30), rgb)
    #expect(fine > coarse + 1)
    #expect(coarse > 20)
  }
}
