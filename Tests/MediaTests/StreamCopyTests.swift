import Foundation
import Media
import MediaTypes
import Testing

/// Streams that are not changed are copied packet for packet.
@Suite(.enabled(if: Tool.exists, "needs ffmpeg")) struct `Other streams` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  /// Two sounds, two subtitles, chapters, tags, dispositions and a font.
  private func richFile() throws -> String {
    let subtitles =
      "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:01,500\nThere\n"
    let meta = """
      ;FFMETADATA1
      title=A film
      [CHAPTER]
      TIMEBASE=1/1000
      START=0
      END=700
      title=One
      [CHAPTER]
      TIMEBASE=1/1000
      START=700
      END=2000
      title=Two

      """
    _ = try folder.file("s.srt", subtitles.utf8)
    _ = try folder.file("m.txt", meta.utf8)
    _ = try folder.file("f.ttf", (0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0) })
    let path = folder.file("rich.mkv")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", "-f", "lavfi", "-i",
      "sine=440:d=2", "-f", "lavfi", "-i", "sine=880:r=48000:d=2", "-i", folder.file("s.srt"), "-i",
      folder.file("m.txt"), "-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "3",
      "-map_metadata", "4", "-map_chapters", "4", "-c:v", "libx264", "-c:a:0", "aac", "-c:a:1",
      "libopus", "-c:s:0", "subrip", "-c:s:1", "ass", "-metadata:s:a:0", "language=deu",
      "-metadata:s:s:1", "title=Signs", "-disposition:a:1", "default", "-disposition:s:0",
      "forced", "-attach", folder.file("f.ttf"), "-metadata:s:t:0", "mimetype=font/ttf", path)
    return path
  }

  private func summary(_ path: String) throws -> [String] {
    let (reader, _, packets) = try items(of: path)
    return reader.streams.filter { $0.index != reader.mainVideo }.map { stream in
      let own = packets.filter { $0.streamIndex == stream.index }
      let content = own.map { "\($0.timestamp?.seconds ?? -1)/\($0.bytes.hashValue)" }
      return "\(stream.kind) \(stream.codec) \(stream.isDefault) \(content)"
    }
  }

  @Test func `sounds, subtitles and attachments are copied byte for byte`() throws {
    let source = try richFile()
    try rewrite(source, to: folder.file("copy.mkv"))
    let before = try summary(source)
    #expect(before.count == 5)
    #expect(try summary(folder.file("copy.mkv")) == before)
    let (a, b) = (folder.file("a.ttf"), folder.file("b.ttf"))
    for (path, film) in [(a, source), (b, folder.file("copy.mkv"))] {
      try Tool.run("ffmpeg", "-dump_attachment:t:0", path, "-i", film, "-t", "0", "-f", "null", "-")
    }
    #expect(try bytes(of: a) == bytes(of: b))
    #expect(try bytes(of: b) == bytes(of: folder.file("f.ttf")))
  }

  @Test func `chapters, tags and dispositions come through`() throws {
    let source = try richFile()
    try rewrite(source, to: folder.file("copy.mkv"))
    let (before, after) = (
      try MediaReader(path: source), try MediaReader(path: folder.file("copy.mkv"))
    )
    #expect(after.chapters == before.chapters)
    #expect(after.chapters.compactMap { $0.metadata["title"] } == ["One", "Two"])
    #expect(after.metadata["title"] == "A film")
    #expect(
      after.streams[1].metadata["language"] == "ger"
        || after.streams[1].metadata["language"] == "deu")
    #expect(after.streams[4].metadata["title"] == "Signs")
    let query = ["-show_entries", "stream_disposition=default,forced", "-of", "compact"]
    #expect(
      try Tool.run("ffprobe", query[0], query[1], query[2], query[3], source)
        == Tool.run("ffprobe", query[0], query[1], query[2], query[3], folder.file("copy.mkv")))
  }

  @Test func `mp4 keeps sound packets, chapters and tags`() throws {
    let source = folder.file("a.mp4")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", "-f", "lavfi", "-i",
      "sine=440:d=2", "-i",
      try {
        _ = try richFile(); return folder.file("m.txt")
      }(),
      "-map_metadata", "2", "-map_chapters", "2", "-metadata", "odd_name=kept", "-movflags",
      "use_metadata_tags", source)
    try rewrite(source, to: folder.file("b.mp4"))
    #expect(try summary(folder.file("b.mp4")).first == summary(source).first)
    let copy = try MediaReader(path: folder.file("b.mp4"))
    #expect(copy.chapters.compactMap { $0.metadata["title"] } == ["One", "Two"])
    #expect(copy.metadata["title"] == "A film")
    #expect(copy.metadata["odd_name"] == "kept")
  }

  @Test func `a stream that cannot be stored is named`() throws {
    let source = try richFile()
    let words = complaint { try rewrite(source, to: folder.file("copy.mp4")) }
    #expect(words.contains("copy.mp4"))
    #expect(words.contains("stream 3 (subtitles, subrip) cannot be stored in MP4"))
    #expect(try !folder.contents.contains { $0.contains("copy") })
  }

  @Test(arguments: [("mp4", "aac"), ("webm", "opus"), ("ogv", "vorbis"), ("flv", "mp3")])
  func `sound that cannot be stored is encoded anew, in time`(
    container: String, codec: String
  ) throws {
    let source = folder.file("a.mkv")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=2", "-f", "lavfi", "-i",
      "sine=440:r=22050:d=2", "-c:a", "pcm_s24be", source)
    let target = folder.file("b." + container)
    let writer = try rewrite(source, to: target)
    #expect(writer.remarks.first?.contains("encoded anew") == true)
    let (reader, _, packets) = try items(of: target)
    let sound = try #require(reader.streams.first { $0.kind == .sound })
    #expect(sound.codec == codec)
    let end = try #require(packets.compactMap(\.timestamp?.seconds).max())
    #expect(abs(end - 2) < 0.15)
    #expect(
      try items(of: target).pictures.first?.timestamp?.seconds == (container == "flv" ? 0.08 : 0))
  }

  @Test func `a cover stays a cover`() throws {
    let source = folder.file("a.mp4")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-f", "lavfi", "-i",
      "color=red:s=32x32:d=0.04:r=25", "-map", "0", "-map", "1", "-c:v:1", "mjpeg",
      "-disposition:v:1", "attached_pic", source)
    for name in ["b.mp4", "b.mkv"] {
      try rewrite(source, to: folder.file(name))
      let reader = try MediaReader(path: folder.file(name))
      #expect(reader.mainVideo == 0, "\(name)")
      #expect(reader.streams.last?.kind == .cover, "\(name)")
    }
  }

  @Test func `light levels of high dynamic range come through`() throws {
    let source = folder.file("a.mkv")
    try Tool.run(
      "ffmpeg", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=0.4", "-pix_fmt", "yuv420p10le",
      "-c:v", "libx265", "-x265-params",
      "log-level=none:hdr10=1:max-cll=1000,400:master-display="
        + "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)", source)
    let query = ["-show_entries", "stream_side_data=max_content,max_luminance", "-of", "compact"]
    for name in ["b.mkv", "b.mp4"] {
      try rewrite(source, to: folder.file(name))
      let said = try Tool.run("ffprobe", query[0], query[1], query[2], query[3], folder.file(name))
      #expect(said.contains("max_content=1000"), "\(name)")
      #expect(
        said.contains("max_luminance=10000000/10000") || said.contains("max_luminance=1000/1"),
        "\(name)")
    }
  }
}
