import Media
import MediaTypes
import Testing

@Suite struct `Times` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test(arguments: ["mp4", "mov", "mkv", "webm", "ts"])
  func `variable frame times come through exactly`(container: String) throws {
    // Milliseconds, which all of these containers hold, at irregular distances.
    let ticks: [Int64] = [0, 40, 55, 120, 121, 300, 1000, 1033, 1066, 2500]
    let video = VideoDescription(
      width: 64, height: 48, frameRate: Rational(10, 1), timeBase: Rational(1, 1000))
    let source = folder.file("source.mkv")
    try writeClip(source, video, ticks: ticks)
    let target = folder.file("target." + container)
    try rewrite(source, to: target)
    let times = try items(of: target).pictures.compactMap(\.timestamp)
    #expect(times == ticks.map { Timestamp(value: $0, base: Rational(1, 1000)) })
  }

  @Test func `times of a base that has no milliseconds come through in mp4`() throws {
    let ticks: [Int64] = [0, 1008, 2016, 3003, 4011, 5019, 6006, 7014, 8022]
    let video = VideoDescription(
      width: 64, height: 48, frameRate: Rational(30000, 1001), timeBase: Rational(1, 30000))
    try writeClip(folder.file("a.mp4"), video, ticks: ticks)
    try rewrite(folder.file("a.mp4"), to: folder.file("b.mp4"))
    let read = try items(of: folder.file("b.mp4"))
    #expect(
      read.pictures.compactMap(\.timestamp)
        == ticks.map { Timestamp(value: $0, base: Rational(1, 30000)) })
  }

  @Test func `the last picture keeps its duration`() throws {
    let writer = try MediaWriter(
      path: folder.file("a.mp4"),
      video: VideoDescription(
        width: 64, height: 48, frameRate: Rational(10, 1), timeBase: Rational(1, 1000)))
    for (index, (start, length)) in [(0, 100), (100, 50), (150, 700)].enumerated() {
      var picture = movingSquare(index)
      picture.timestamp = Timestamp(value: Int64(start), base: Rational(1, 1000))
      picture.duration = Timestamp(value: Int64(length), base: Rational(1, 1000))
      try writer.write(picture)
    }
    try writer.finish()
    let last = try #require(try items(of: folder.file("a.mp4")).pictures.last)
    #expect(last.duration == Timestamp(value: 700, base: Rational(1, 1000)))
  }

  @Test func `a film that begins late begins as late in the copy`() throws {
    let video = VideoDescription(
      width: 64, height: 48, frameRate: Rational(10, 1), timeBase: Rational(1, 1000))
    try writeClip(folder.file("a.mkv"), video, ticks: [500, 600, 700])
    for name in ["b.mkv", "b.mp4"] {
      try rewrite(folder.file("a.mkv"), to: folder.file(name))
      let first = try #require(try items(of: folder.file(name)).pictures.first)
      #expect(first.timestamp?.seconds == 0.5, "\(name)")
    }
  }

  @Test func `pictures that share a time are kept apart, in order`() throws {
    let video = VideoDescription(
      width: 64, height: 48, frameRate: Rational(10, 1), timeBase: Rational(1, 1000))
    try writeClip(folder.file("a.mp4"), video, ticks: [0, 100, 100, 90, 200])
    let times = try items(of: folder.file("a.mp4")).pictures.compactMap(\.timestamp?.seconds)
    #expect(times == [0, 0.1, 0.101, 0.102, 0.2])
  }
}
