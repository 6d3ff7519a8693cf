import Foundation
import Media
import MediaTypes
import Testing

/// Whatever is given to read, the answer is pictures or one sentence, never a crash.
@Suite struct `Bad input` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private func complaintOf(_ path: String) -> String {
    complaint { _ = try items(of: path) }
  }

  @Test func `missing, empty and foreign files are named with the reason`() throws {
    let missing = folder.file("missing.mp4")
    #expect(complaintOf(missing) == "cannot open \(missing): No such file or directory")
    let empty = try folder.file("empty.mp4", [])
    #expect(complaintOf(empty) == "cannot open \(empty): it is empty")
    #expect(complaintOf(folder.path) == "cannot open \(folder.path): it is a folder")
    #expect(complaintOf("/dev/null") == "cannot open /dev/null: it is not a regular file")
    let text = try folder.file(
      "text.mp4", Array(repeating: "Not a film.\n", count: 999).joined().utf8)
    #expect(
      complaintOf(text) == "cannot open \(text): the data is damaged or of no known format")
  }

  @Test(.enabled(if: Tool.exists, "needs ffmpeg")) func `a file of sound has no pictures`() throws {
    let path = folder.file("tone.m4a")
    try Tool.run("ffmpeg", "-f", "lavfi", "-i", "sine=440:d=1", path)
    let (reader, pictures, packets) = try items(of: path)
    #expect(reader.kind == .sound)
    #expect(pictures.isEmpty && !packets.isEmpty && reader.video == nil)
    let words = complaint { _ = try MediaWriter(path: folder.file("b.mp4"), like: reader) }
    #expect(words == "cannot write \(folder.file("b.mp4")): \(path) holds no video")
  }

  @Test func `a file without pictures or sound is refused`() throws {
    let subtitles =
      "1\n00:00:00,100 --> 00:00:00,900\nHello\n\n2\n00:00:01,000 --> 00:00:02,000\nYou\n"
    let path = try folder.file("a.srt", subtitles.utf8)
    #expect(complaintOf(path) == "cannot read \(path): it holds neither pictures nor sound")
  }

  @Test func `a list of other files is not followed`() throws {
    try writeClip(folder.file("a.ts"))
    let list =
      "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(folder.file("a.ts"))\n#EXT-X-ENDLIST\n"
    let path = try folder.file("a.mp4", list.utf8)
    #expect(complaintOf(path) == "cannot open \(path): it is a list of other files")
  }

  @Test(arguments: ["mp4", "mkv", "webm", "avi", "ts", "gif"])
  func `a truncated film gives what is there or one sentence`(container: String) throws {
    let whole = folder.file("whole." + container)
    try writeClip(whole, frames: 12)
    let data = try bytes(of: whole)
    var counts: Set<Int> = []
    for length in Set((0..<24).map { $0 * 24 } + (1..<20).map { data.count * $0 / 20 }) {
      let path = try folder.file("cut." + container, data.prefix(length))
      do {
        let (reader, pictures, _) = try items(of: path)
        #expect(reader.kind == .still || !pictures.isEmpty)
        counts.insert(pictures.count)
      } catch {
        #expect("\(error)".hasPrefix("cannot "))
        #expect("\(error)".contains(path))
      }
    }
    #expect(counts.allSatisfy { $0 <= 12 })
    if ["mkv", "webm", "avi", "ts", "gif"].contains(container) {
      #expect(counts.count > 2, "what came before the cut is delivered")
    }
  }

  @Test func `a film whose index comes first is delivered up to the cut`() throws {
    let whole = folder.file("whole.mp4")
    try writeClip(whole, frames: 50)
    let data = try bytes(of: whole)
    let path = try folder.file("cut.mp4", data.prefix(data.count - data.count / 4))
    let count = try items(of: path).pictures.count
    #expect((1..<50).contains(count))
  }

  @Test(arguments: 0..<12)
  func `random bytes inside a film never crash`(seed: UInt64) throws {
    var random = Xorshift(state: seed &* 0x9E37_79B9_7F4A_7C15 | 1)
    for container in ["mp4", "mkv", "avi", "webm", "mov", "ts", "gif", "apng"] {
      let whole = folder.file("whole." + container)
      if seed == 0 || !FileManager.default.fileExists(atPath: whole) { try writeClip(whole) }
      var data = try bytes(of: whole)
      for _ in 0..<(1 << (seed % 6)) {
        data[Int.random(in: 8..<data.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      let path = try folder.file("bad." + container, data)
      let words = complaintOf(path)
      #expect(words == "nothing" || words.contains(path))
    }
  }

  @Test func `a valid header before random bytes is one sentence`() throws {
    var random = Xorshift(state: 77)
    for container in ["mp4", "mkv", "avi", "webm", "gif"] {
      try writeClip(folder.file("a." + container))
      let head = try bytes(of: folder.file("a." + container)).prefix(48)
      let noise = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
      let path = try folder.file("b." + container, head + noise)
      #expect(complaintOf(path).hasPrefix("cannot "), "\(container)")
    }
  }

  @Test(.enabled(if: Tool.exists, "needs ffmpeg"))
  func `damaged packets in the middle are skipped and counted`() throws {
    let path = folder.file("a.avi")
    try writeClip(
      path,
      VideoDescription(
        width: 64, height: 48, format: .rgb8, color: .rgb, frameRate: Rational(25, 1)),
      ticks: (0..<20).map { $0 }, settings: VideoSettings(codec: "png"))
    var data = try bytes(of: path)
    let starts = data.indices.dropLast(8).filter {
      data[$0...].starts(with: [0x89, 0x50, 0x4E, 0x47])
    }
    #expect(starts.count == 20)
    for start in [starts[4], starts[9]] {
      for at in start + 16..<start + 24 { data[at] = 0xFF }  // width and height
    }
    let (reader, pictures, _) = try items(of: try folder.file("b.avi", data))
    #expect(pictures.count == 18)
    #expect(reader.skippedPackets == 2)
  }

  @Test func `a film none of whose pictures decode is an error`() throws {
    let path = folder.file("a.avi")
    try writeClip(
      path,
      VideoDescription(
        width: 64, height: 48, format: .rgb8, color: .rgb, frameRate: Rational(25, 1)),
      ticks: (0..<4).map { $0 }, settings: VideoSettings(codec: "png"))
    var data = try bytes(of: path)
    for at in data.indices.dropLast(8) where data[at...].starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      data[at + 1] = 0
    }
    let bad = try folder.file("b.avi", data)
    #expect(complaintOf(bad) == "cannot decode \(bad): none of its pictures can be decoded")
  }
}

/// Marsaglia 2003, "Xorshift RNGs": a generator that a failing test can be replayed with.
struct Xorshift: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
