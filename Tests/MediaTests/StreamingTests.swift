import Foundation
import Media
import MediaTypes
import Synchronization
import Testing

@Suite(.serialized) struct `Streaming` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  /// Kilobytes of memory in use by this process.
  private static func residentSize() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(status.split(separator: " ")[1]) ?? 0) * 4
  }

  @Test func `the sequence delivers the same items in the same order`() async throws {
    let path = folder.file("a.mkv")
    try writeClip(path, frames: 40)
    let (_, pictures, _) = try items(of: path)
    var count = 0
    for try await case .picture(let picture) in try MediaReader(path: path).items(ahead: 3) {
      #expect(picture.planes == pictures[count].planes)
      #expect(picture.timestamp == pictures[count].timestamp)
      count += 1
    }
    #expect(count == 40)
  }

  @Test func `an error in the file ends the sequence as the file ends`() async throws {
    let path = folder.file("a.mkv")
    try writeClip(path, frames: 40)
    let data = try bytes(of: path)
    let cut = try folder.file("b.mkv", data.prefix(data.count * 2 / 3))
    let expected = try items(of: cut).pictures.count
    var count = 0
    for try await _ in try MediaReader(path: cut).items() { count += 1 }
    #expect(count == expected && count > 0)
  }

  @Test func `cancelling ends the wait and the decoding`() async throws {
    let path = folder.file("a.mp4")
    try writeClip(path, frames: 60)
    let reached = Mutex(0)
    let task = Task {
      for try await _ in try MediaReader(path: path).items(ahead: 2) {
        reached.withLock { $0 += 1 }
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    while reached.withLock({ $0 }) < 5 { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(reached.withLock { $0 } < 60)
  }

  @Test func `dropping the iterator ends the decoding thread`() async throws {
    let path = folder.file("a.mp4")
    try writeClip(path, frames: 60)
    let threads = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count }
    let before = try threads()
    for _ in 0..<20 {
      for try await _ in try MediaReader(path: path).items(ahead: 2) { break }
    }
    for _ in 0..<200 where try threads() > before + 4 {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try threads() <= before + 4)
  }

  @Test func `memory stays flat over a long film`() async throws {
    let path = folder.file("long.mkv")
    let video = VideoDescription(width: 160, height: 120, frameRate: Rational(25, 1))
    let long = try MediaWriter(
      path: path, video: video, settings: VideoSettings(preset: "ultrafast"))
    let pictures = (0..<16).map { movingSquare($0, width: 160, height: 120) }
    for index in 0..<3000 {
      var picture = pictures[index % 16]
      picture.timestamp = Timestamp(value: Int64(index), base: video.timeBase)
      try long.write(picture)
    }
    try long.finish()
    var sizes: [Int] = []
    var count = 0
    let reader = try MediaReader(path: path)
    let writer = try MediaWriter(
      path: folder.file("copy.mkv"), like: reader, settings: VideoSettings(preset: "ultrafast"))
    for try await item in reader.items() {
      try writer.write(item)
      count += 1
      if count == 500 || count == 2999 { sizes.append(try Self.residentSize()) }
    }
    try writer.finish()
    // 2500 frames of 28.8 kB are 72 MB.
    #expect(sizes.count == 2 && sizes[1] - sizes[0] < 12_000, "\(sizes) kB")
  }

  @Test func `opening and closing many files leaks nothing`() throws {
    try writeClip(folder.file("a.mp4"))
    try writeStill(movingSquare(0, format: .rgb8, color: .rgb), to: folder.file("a.png"))
    try writeStill(movingSquare(0, format: .rgb8, color: .rgb), to: folder.file("a.jpg"))
    func round() throws {
      try rewrite(folder.file("a.mp4"), to: folder.file("b.mp4"))
      _ = try readStill(path: folder.file("a.png"))
      _ = try readStill(path: folder.file("a.jpg"))
      _ = complaint { _ = try MediaReader(path: folder.file("none.mp4")) }
      _ = complaint { _ = try readStill([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0], name: "a") }
    }
    for _ in 0..<30 { try round() }
    let (memory, files) = (
      try Self.residentSize(), try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    )
    for _ in 0..<120 { try round() }
    #expect(try Self.residentSize() - memory < 8_000)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count <= files.count + 2)
  }
}
