import Foundation
import Glibc
import Media
import MediaTypes
import Testing

/// A disk of 300 kB, which only root can make.
private final class SmallDisk {
  let path: String

  init?() {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("disk-\(UUID())").path
    guard mkdir(path, 0o700) == 0 else { return nil }
    guard mount("none", path, "tmpfs", 0, "size=300k") == 0 else {
      rmdir(path)
      return nil
    }
  }

  deinit {
    umount(path)
    rmdir(path)
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path) }
  }
}

@Suite(.enabled(if: SmallDisk() != nil, "a small disk can only be made by root"))
struct `A full disk` {
  @Test(arguments: ["mp4", "mkv", "avi", "ts"])
  func `ends a film with one sentence and leaves nothing`(container: String) throws {
    let disk = try #require(SmallDisk())
    let path = "\(disk.path)/a.\(container)"
    let video = VideoDescription(width: 320, height: 240, frameRate: Rational(25, 1))
    var random = Xorshift(state: 5)
    let words = complaint {
      let writer = try MediaWriter(path: path, video: video, settings: VideoSettings(quality: 2))
      for index in 0..<60 {
        let noise = (0..<320 * 240).map { _ in UInt8.random(in: 0...255, using: &random) }
        var picture = movingSquare(index, width: 320, height: 240)
        picture.planes[0].samples = .eight(noise)
        picture.timestamp = Timestamp(value: Int64(index), base: Rational(1, 25))
        try writer.write(picture)
      }
      try writer.finish()
    }
    #expect(words == "cannot write \(path): No space left on device")
    #expect(try disk.contents == [])
  }

  @Test func `ends a still with one sentence and leaves nothing`() throws {
    let disk = try #require(SmallDisk())
    var random = Xorshift(state: 5)
    let noise = (0..<3 * 640 * 480).map { _ in UInt8.random(in: 0...255, using: &random) }
    let path = disk.path + "/a.png"
    let words = complaint {
      try writeStill(Picture(rgbWidth: 640, height: 480, bytes: noise), to: path)
    }
    #expect(words == "cannot write \(path): No space left on device")
    #expect(try disk.contents == [])
  }
}
