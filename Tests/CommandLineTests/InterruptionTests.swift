import Foundation
import Testing

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct InterruptionTests {
  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func `a signal in the middle leaves nothing of the output`(_ signal: Int32, _ status: Int32)
    throws
  {
    let (folder, elsewhere) = (try Folder(), try Folder())
    let input = try Media.clip(in: elsewhere, frames: 1500, size: "640x360")
    let process = try Program.start(
      ["embed", input, "-o", folder.file("out.mp4")], weights: RandomWeights.folder?.path,
      output: "/dev/null", error: elsewhere.file("err"))
    for _ in 0..<600 where try folder.contents.isEmpty && process.isRunning { usleep(50_000) }
    // The encoder keeps its first frames: wait until some have reached the file.
    for _ in 0..<600 where try Self.size(of: folder) < 10_000 && process.isRunning {
      usleep(50_000)
    }
    #expect(process.isRunning)
    #expect(try folder.contents.count == 1)
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == status)
    #expect(try folder.contents == [])
  }

  private static func size(of folder: Folder) throws -> Int {
    try folder.contents.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder.file(name))
      return sum + (attributes?[.size] as? Int ?? 0)
    }
  }

  @Test func `a reader that has gone ends the program quietly`() throws {
    let folder = try Folder()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "(sleep 0.2; '\(Program.path)' models list; echo $? >'\(folder.file("status"))') "
        + "2>'\(folder.file("err"))' | true",
    ]
    try process.run()
    process.waitUntilExit()
    for _ in 0..<100 where !FileManager.default.fileExists(atPath: folder.file("status")) {
      usleep(50_000)
    }
    usleep(50_000)
    #expect(try String(contentsOfFile: folder.file("err"), encoding: .utf8) == "")
    #expect(try String(contentsOfFile: folder.file("status"), encoding: .utf8) == "141\n")
  }
}
