import Foundation
@testable import Media
import MediaTypes
import Testing

/// A file takes its name only when it is complete.
@Suite struct `Writing` {
  let folder: Folder

  init() throws {
    folder = try Folder()
  }

  private let video = VideoDescription(width: 64, height: 48, frameRate: Rational(25, 1))

  private func begin(_ path: String, pictures: Int = 5) throws -> MediaWriter {
    let writer = try MediaWriter(path: path, video: video)
    for index in 0..<pictures {
      var picture = movingSquare(index)
      picture.timestamp = Timestamp(value: Int64(index), base: Rational(1, 25))
      try writer.write(picture)
    }
    return writer
  }

  @Test func `the name appears with finish, and nothing else stays`() throws {
    let writer = try begin(folder.file("a.mp4"))
    let during = try folder.contents
    #expect(during.count == 1)
    #expect(during.first?.hasPrefix(".a.mp4.") == true)
    #expect(during.first?.hasSuffix(".partial") == true)
    try writer.finish()
    #expect(try folder.contents == ["a.mp4"])
  }

  @Test func `giving up leaves nothing, and what was there before stays`() throws {
    _ = try folder.file("a.mp4", "before".utf8)
    try begin(folder.file("a.mp4")).discard()
    #expect(try folder.contents == ["a.mp4"])
    _ = try begin(folder.file("b.mp4"))  // dropped without finish
    #expect(try folder.contents == ["a.mp4"])
    #expect(try bytes(of: folder.file("a.mp4")) == Array("before".utf8))
  }

  @Test func `a file can be rewritten in place`() throws {
    let path = folder.file("a.mp4")
    try writeClip(path)
    let before = try bytes(of: path)
    try rewrite(path, to: path)
    #expect(try bytes(of: path) != before)
    #expect(try items(of: path).pictures.count == 10)
    #expect(try folder.contents == ["a.mp4"])
  }

  @Test func `a symbolic link stays one`() throws {
    try writeClip(folder.file("real.mp4"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link.mp4"), withDestinationPath: folder.file("real.mp4"))
    try rewrite(folder.file("link.mp4"), to: folder.file("link.mp4"))
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link.mp4"))
    #expect(link == folder.file("real.mp4"))
    #expect(try folder.contents == ["link.mp4", "real.mp4"])
  }

  @Test func `places that cannot be written are named`() throws {
    let missing = folder.file("none/a.mp4")
    #expect(
      complaint { _ = try begin(missing) }
        == "cannot write \(missing): its folder does not exist")
    #expect(
      complaint { try writeStill(movingSquare(0), to: folder.file("none/a.png")) }
        == "cannot write \(folder.file("none/a.png")): its folder does not exist")
    try FileManager.default.createDirectory(
      atPath: folder.file("b.mp4"), withIntermediateDirectories: false)
    #expect(
      complaint { _ = try begin(folder.file("b.mp4")) }
        == "cannot write \(folder.file("b.mp4")): it is a folder")
    #expect(
      complaint { _ = try begin("/proc/a.mp4") }.hasPrefix("cannot write /proc/a.mp4: "))
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a folder without permission is named`() throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
    let path = folder.file("a.mp4")
    #expect(complaint { _ = try begin(path) } == "cannot write \(path): Permission denied")
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
  }

  @Test func `a signal handler can remove unfinished files`() throws {
    let writer = try begin(folder.file("a.mp4"))
    // Those of this test: others write files in this process at the same time.
    PartialFiles.removeAll { String(cString: $0).hasPrefix(folder.path) }
    #expect(try folder.contents == [])
    #expect(complaint { try writer.finish() }.hasPrefix("cannot write \(folder.file("a.mp4"))"))
    #expect(try folder.contents == [])
  }

  @Test func `names without a known extension are refused`() throws {
    for (name, reason) in [
      ("a.xyz", "no format is known by the extension .xyz"),
      ("a", "its name has no extension to choose a format by"),
      ("a.mp3", "no video is written to mp3 files"),
      ("a.webp", "no video is written to webp files"),
      ("a.png", "no format is known by the extension .png"),
    ] {
      let path = folder.file(name)
      #expect(complaint { _ = try begin(path) } == "cannot write \(path): \(reason)")
    }
    #expect(try folder.contents == [])
  }
}
