import Foundation
import Testing

/// A folder of its own for one test, removed with the value's last user.
final class Folder: Sendable {
  let path: String

  init() throws {
    let name = "palimpsest-tests-" + UUID().uuidString
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  func file(_ name: String, _ content: some DataProtocol) throws -> String {
    try Data(content).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// What a program left behind.
struct Outcome: CustomStringConvertible {
  var status: Int32
  var output: Data
  var error: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var description: String { "status \(status), output «\(text.prefix(600))», error «\(error)»" }

  /// The one object that `--json` prints.
  var json: [String: Any] {
    get throws {
      try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any], "\(self)")
    }
  }
}

/// The program under test, which lies beside the test bundle.
enum Program {
  static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("palimpsest").path

  static func start(
    _ arguments: [String], weights: String?, output: String, error: String, input: String? = nil
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["PALIMPSEST_WEIGHTS"] = weights
    environment["COLUMNS"] = "80"
    process.environment = environment
    for file in [output, error] where !file.hasPrefix("/dev/") {
      try Data().write(to: URL(fileURLWithPath: file))
    }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: error))
    process.standardInput = try FileHandle(
      forReadingFrom: URL(fileURLWithPath: input ?? "/dev/null"))
    try process.run()
    return process
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - weights: The folder with the weights; by default that with random ones.
  ///   - output: Where standard output goes if not into the outcome.
  static func run(
    _ arguments: String..., weights: String? = RandomWeights.folder?.path, input: String? = nil,
    output: String? = nil
  ) throws -> Outcome {
    let folder = try Folder()
    let (out, err) = (output ?? folder.file("out"), folder.file("err"))
    let process = try start(arguments, weights: weights, output: out, error: err, input: input)
    process.waitUntilExit()
    return Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: output == nil ? try Data(contentsOf: URL(fileURLWithPath: out)) : Data(),
      error: try String(contentsOfFile: err, encoding: .utf8))
  }
}

/// Weights that hide nothing and find nothing, made by training for no time at all.
enum RandomWeights {
  static let folder: Folder? = {
    do {
      let folder = try Folder()
      let picture = try Media.still(in: folder)
      for model in ["dense-fast", "dense103"] {
        let outcome = try Program.run(
          "train", "stego", "--data", picture, "--out", folder.path, "--model", model,
          "--minutes", "0", weights: nil)
        guard outcome.status == 0 else { throw CocoaError(.fileNoSuchFile) }
      }
      return folder
    } catch {
      return nil
    }
  }()
}

/// Pictures, films and sounds that FFmpeg draws.
enum Media {
  static let canBeMade = FileManager.default.isExecutableFile(atPath: "/usr/bin/ffmpeg")

  /// - Parameter source: What FFmpeg draws, with an option.
  static func still(
    in folder: Folder, _ name: String = "still.png", source: String = "testsrc2=alpha=255"
  ) throws -> String {
    try ffmpeg("-f", "lavfi", "-i", "\(source):size=320x240", "-frames:v", "1", folder.file(name))
    return folder.file(name)
  }

  /// A film of moving shapes with a tone.
  static func clip(
    in folder: Folder, _ name: String = "clip.mp4", frames: Int = 12, size: String = "192x128",
    source: String = "testsrc2=alpha=255"
  ) throws -> String {
    let seconds = "\(Double(frames) / 25)"
    try ffmpeg(
      "-f", "lavfi", "-i", "\(source):size=\(size):rate=25", "-f", "lavfi",
      "-i", "sine=frequency=440", "-t", seconds, "-pix_fmt", "yuv420p", "-c:v", "libx264",
      "-preset", "ultrafast", "-crf", "12", "-c:a", "aac", folder.file(name))
    return folder.file(name)
  }

  static func sound(in folder: Folder) throws -> String {
    try ffmpeg("-f", "lavfi", "-i", "sine=duration=1", folder.file("sound.wav"))
    return folder.file("sound.wav")
  }

  /// A digest of the packets of sound.
  static func soundDigest(_ path: String) throws -> String {
    try ffmpeg("-i", path, "-map", "0:a", "-c", "copy", "-f", "md5", "-")
  }

  @discardableResult
  static func ffmpeg(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/ffmpeg")
    process.arguments = ["-v", "error", "-y", "-nostdin"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "ffmpeg \(arguments)")
    return String(decoding: data, as: UTF8.self)
  }
}
