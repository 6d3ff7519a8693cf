import Media
import MediaTypes
import Testing

/// What a film's pictures look like must survive decoding and encoding.
@Suite struct `Picture formats` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func video(
    _ width: Int = 64, _ height: Int = 48, _ format: PixelFormat = .yuv420,
    color: ColorDescription = .unspecifiedVideo
  ) -> VideoDescription {
    VideoDescription(
      width: width, height: height, format: format, color: color, frameRate: Rational(25, 1))
  }

  private func roundTrip(_ video: VideoDescription, _ name: String) throws -> [Picture] {
    try writeClip(folder.file(name), video, ticks: [0, 1, 2, 3])
    try rewrite(folder.file(name), to: folder.file("again-" + name))
    return try items(of: folder.file("again-" + name)).pictures
  }

  @Test(
    arguments: [
      PixelFormat.yuv420, .yuv422, .yuv444, .yuv420Deep10,
      PixelFormat(model: .yuv, chromaShiftX: 1, bitDepth: 10),
      PixelFormat(model: .yuv, bitDepth: 10),
    ])
  func `depth and subsampling are kept`(format: PixelFormat) throws {
    let pictures = try roundTrip(video(64, 48, format), "a.mp4")
    #expect(pictures.count == 4)
    let first = try #require(pictures.first)
    #expect(first.format == format)
    #expect(psnr(first, movingSquare(0, format: format)) > 38)
  }

  @Test(
    arguments: [
      PixelFormat.yuv420, .rgb8, .rgba8, PixelFormat(model: .rgb, bitDepth: 16),
      PixelFormat(model: .rgb, bitDepth: 10), PixelFormat(model: .gray, bitDepth: 16),
      PixelFormat(model: .yuv, chromaShiftX: 1, bitDepth: 12),
      PixelFormat(model: .yuv, bitDepth: 16, hasAlpha: true),
    ])
  func `a lossless codec loses nothing`(format: PixelFormat) throws {
    let color = format.model == .rgb ? ColorDescription.rgb : .unspecifiedVideo
    let settings = VideoSettings(codec: "ffv1", threads: 1)
    let video = video(35, 21, format, color: color)
    try writeClip(folder.file("a.mkv"), video, ticks: [0, 1, 2], settings: settings)
    try rewrite(folder.file("a.mkv"), to: folder.file("b.mkv"), settings: settings)
    for (index, picture) in try items(of: folder.file("b.mkv")).pictures.enumerated() {
      let original = movingSquare(index, width: 35, height: 21, format: format, color: color)
      #expect(picture.format == format)
      #expect(picture.planes == original.planes)
    }
  }

  @Test(arguments: [(63, 48), (64, 47), (33, 17)])
  func `odd sizes are kept`(width: Int, height: Int) throws {
    for name in ["a.mp4", "a.webm", "a.avi"] {
      let pictures = try roundTrip(video(width, height), name)
      let first = try #require(pictures.first)
      #expect((first.width, first.height) == (width, height), "\(name)")
      let original = try converted(
        movingSquare(0, width: width, height: height), to: first.format, width: width,
        height: height)
      #expect(psnr(first, original) > 30, "\(name)")
    }
  }

  @Test func `full range is kept, in samples and in tags`() throws {
    let color = ColorDescription(range: .full, matrix: .bt709, primaries: 1, transfer: 1)
    let pictures = try roundTrip(video(64, 48, color: color), "a.mp4")
    let first = try #require(pictures.first)
    #expect(first.color.range == .full)
    #expect(psnr(first, movingSquare(0)) > 38)
  }

  @Test func `matrix, primaries and transfer are kept`() throws {
    let color = ColorDescription(range: .limited, matrix: .bt2020, primaries: 9, transfer: 16)
    for name in ["a.mp4", "a.mkv", "a.mov"] {
      let first = try #require(
        try roundTrip(video(64, 48, .yuv420Deep10, color: color), name).first)
      #expect(first.color.matrix == .bt2020, "\(name)")
      #expect(first.color.primaries == 9, "\(name)")
      #expect(first.color.transfer == 16, "\(name)")
    }
  }

  @Test(arguments: Orientation.allCases)
  func `rotation and mirroring are kept, and the samples not turned`(to: Orientation) throws {
    var video = video()
    video.orientation = to
    for name in ["a.mp4", "a.mov"] {
      let first = try #require(try roundTrip(video, name).first)
      #expect(first.orientation == to, "\(name)")
      #expect(psnr(first, movingSquare(0)) > 38)
    }
  }

  @Test(arguments: [Orientation.rotatedClockwise, .rotated180])
  func `where rotation cannot be said the samples are turned`(orientation: Orientation) throws {
    var video = video()
    video.orientation = orientation
    try writeClip(folder.file("a.mp4"), video, ticks: [0, 1, 2])
    for name in ["b.mkv", "b.webm", "b.avi"] {
      let remarks = try rewrite(folder.file("a.mp4"), to: folder.file(name)).remarks
      #expect(remarks.contains { $0.hasPrefix("the pictures are turned upright") })
      let first = try #require(try items(of: folder.file(name)).pictures.first)
      var original = movingSquare(0)
      original.orientation = orientation
      #expect(first.orientation == .upright)
      #expect(psnr(first, original.turnedUpright()) > 36, "\(name)")
    }
  }

  @Test func `closed captions travel with their pictures`() throws {
    let captions: [UInt8] = [0xFC, 0x94, 0x20, 0xFC, 0xC8, 0xE9, 0xFD, 0x80, 0x80]
    let writer = try MediaWriter(path: folder.file("a.mp4"), video: video())
    for index in 0..<4 {
      var picture = movingSquare(index)
      picture.timestamp = Timestamp(value: Int64(index), base: Rational(1, 25))
      picture.captions = index == 2 ? captions : nil
      try writer.write(picture)
    }
    try writer.finish()
    try rewrite(folder.file("a.mp4"), to: folder.file("b.mp4"))
    let pictures = try items(of: folder.file("b.mp4")).pictures
    #expect(pictures.map(\.captions) == [nil, nil, captions, nil])
  }

  @Test func `pictures that change their size midway become like the first`() throws {
    try writeClip(folder.file("a.ts"), frames: 6, width: 64, height: 48)
    try writeClip(folder.file("b.ts"), frames: 6, width: 96, height: 80)
    let joined = try folder.file(
      "c.ts", bytes(of: folder.file("a.ts")) + bytes(of: folder.file("b.ts")))
    let pictures = try items(of: joined).pictures
    #expect(pictures.count > 8)
    #expect(pictures.allSatisfy { $0.width == 64 && $0.height == 48 })
    try rewrite(joined, to: folder.file("d.mp4"))
    #expect(try items(of: folder.file("d.mp4")).pictures.count == pictures.count)
  }

  @Test func `sample aspect is kept`() throws {
    var video = video()
    video.sampleAspect = Rational(16, 11)
    for name in ["a.mp4", "a.mkv", "a.avi"] {
      let first = try #require(try roundTrip(video, name).first)
      #expect(first.sampleAspect == Rational(16, 11), "\(name)")
    }
  }

  @Test(arguments: [Picture.Interlacing.topFieldFirst, .bottomFieldFirst])
  func `interlaced pictures stay so`(fields: Picture.Interlacing) throws {
    var video = video()
    video.interlacing = fields
    let pictures = try roundTrip(video, "a.mp4")
    #expect(pictures.allSatisfy { $0.interlacing == fields })
  }

  @Test func `alpha is kept in webm`() throws {
    let format = PixelFormat(
      model: .yuv, chromaShiftX: 1, chromaShiftY: 1, bitDepth: 8, hasAlpha: true)
    let first = try #require(try roundTrip(video(64, 48, format), "a.webm").first)
    #expect(first.format == format)
    #expect(psnr(first, movingSquare(0, format: format)) > 30)
  }
}
