import Media
import MediaTypes
import Testing

@Suite struct `Encoder settings` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func words(_ name: String, _ settings: VideoSettings) -> String {
    complaint {
      try writeClip(
        folder.file(name), VideoDescription(width: 64, height: 48, frameRate: Rational(25, 1)),
        ticks: [0, 1, 2, 3], settings: settings)
    }
  }

  @Test func `what does not exist is named`() {
    #expect(
      words("a.mp4", VideoSettings(codec: "libx999"))
        == "cannot use the encoder libx999: there is none of this name")
    #expect(
      words("a.mp4", VideoSettings(codec: "aac"))
        == "cannot use the encoder aac: it does not encode video")
    #expect(
      words("a.mp4", VideoSettings(preset: "warp")).hasPrefix(
        "cannot use preset warp: the encoder libx264 has none of this name; there are ultrafast,"))
    #expect(
      words("a.mp4", VideoSettings(quality: 99))
        == "cannot use quality 99: the encoder libx264 takes 0 to 51")
    #expect(
      words("a.mp4", VideoSettings(codec: "mpeg4", preset: "slow"))
        == "cannot use preset slow: the encoder mpeg4 has no presets")
    #expect(
      words("a.mkv", VideoSettings(codec: "ffv1", quality: 5))
        == "cannot use quality 5: the encoder ffv1 is lossless")
    let path = folder.file("a.webm")
    #expect(
      words("a.webm", VideoSettings(codec: "libx264"))
        == "cannot write \(path): WebM files cannot hold what the encoder libx264 makes")
  }

  @Test func `nothing is left of a file that was refused`() throws {
    _ = words("a.mp4", VideoSettings(preset: "warp"))
    #expect(try folder.contents == [])
  }

  @Test func `codec names stand for their encoder`() throws {
    for (asked, got) in [("h264", "h264"), ("hevc", "hevc"), ("vp9", "vp9"), ("mpeg4", "mpeg4")] {
      #expect(words("a.mkv", VideoSettings(codec: asked)) == "nothing")
      #expect(try MediaReader(path: folder.file("a.mkv")).streams[0].codec == got)
    }
  }

  @Test func `the default codec follows the container`() throws {
    for (name, codec) in [
      ("a.mp4", "h264"), ("a.m4v", "h264"), ("a.mov", "h264"), ("a.mkv", "h264"), ("a.ts", "h264"),
      ("a.webm", "vp9"), ("a.avi", "mpeg4"), ("a.ogv", "theora"), ("a.gif", "gif"),
      ("a.mpg", "mpeg1video"),
    ] {
      #expect(words(name, VideoSettings()) == "nothing", "\(name)")
      let (reader, pictures, _) = try items(of: folder.file(name))
      #expect(reader.streams[0].codec == codec)
      #expect(pictures.count == 4, "\(name)")
    }
  }

  @Test(arguments: ["a.mp4", "a.webm", "a.avi", "a.mkv"])
  func `the default looks like the source`(name: String) throws {
    #expect(words(name, VideoSettings()) == "nothing")
    let pictures = try items(of: folder.file(name)).pictures
    for (index, picture) in pictures.enumerated() {
      #expect(psnr(picture, movingSquare(index)) > 40, "\(name) \(index)")
    }
  }

  @Test func `quality and preset reach the encoder`() throws {
    var errors: [Double] = []
    for quality in [10, 30, 45] {
      #expect(words("a.mp4", VideoSettings(quality: quality, preset: "fast")) == "nothing")
      let first = try #require(try items(of: folder.file("a.mp4")).pictures.first)
      errors.append(psnr(first, movingSquare(0)))
    }
    #expect(errors[0] > errors[1] + 3 && errors[1] > errors[2] + 3)
    let text = String(decoding: try bytes(of: folder.file("a.mp4")), as: UTF8.self)
    #expect(text.contains("crf=45.0"))
    #expect(text.contains("subme=6"))  // what "fast" stands for; "veryfast" has 2
  }

  @Test func `a GIF has the colours and the transparency of its pictures`() throws {
    let color = ColorDescription.rgb
    let writer = try MediaWriter(
      path: folder.file("a.gif"),
      video: VideoDescription(
        width: 64, height: 48, format: .rgba8, color: color, frameRate: Rational(10, 1)))
    var originals: [Picture] = []
    for index in 0..<3 {
      var picture = movingSquare(index, format: .rgba8, color: color)
      let alpha = (0..<64 * 48).map { UInt8($0 % 64 < 20 + index ? 0 : 255) }
      picture.planes[3].samples = .eight(alpha)
      picture.timestamp = Timestamp(value: Int64(index), base: Rational(1, 10))
      originals.append(picture)
      try writer.write(picture)
    }
    try writer.finish()
    let first = try #require(try items(of: folder.file("a.gif")).pictures.first)
    #expect(first.planes[3] == originals[0].planes[3])
    for (plane, original) in zip(first.planes.prefix(3), originals[0].planes) {
      let errors = (0..<64 * 48).filter { $0 % 64 >= 20 }.map {
        abs(plane.values[$0] - original.values[$0])
      }
      #expect((errors.max() ?? 255) <= 8)
    }
  }
}
