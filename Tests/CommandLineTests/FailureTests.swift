import Foundation
import Testing

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct FailureTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
  }

  enum BadInput: String, CaseIterable {
    case missing, empty, text, folder, sound, truncated, noise, headerOnly

    func make(in folder: Folder) throws -> String {
      switch self {
      case .missing: return folder.file("missing.mp4")
      case .empty: return try folder.file("empty.png", Data())
      case .text: return try folder.file("text.mp4", Data("not a film, but a poem".utf8))
      case .folder: return folder.path
      case .sound: return try Media.sound(in: folder)
      case .truncated:
        let whole = try Data(contentsOf: URL(fileURLWithPath: try Media.clip(in: folder)))
        return try folder.file("truncated.mp4", whole.prefix(whole.count / 2))
      case .noise:
        return try folder.file("noise.mp4", (0..<4096).map { UInt8($0 * 7919 % 251) })
      case .headerOnly:
        let whole = try Data(contentsOf: URL(fileURLWithPath: try Media.still(in: folder)))
        return try folder.file("header.png", whole.prefix(40))
      }
    }
  }

  @Test(arguments: BadInput.allCases)
  func `input that cannot be read is status 3 and one sentence`(_ bad: BadInput) throws {
    let input = try bad.make(in: folder)
    let before = try folder.contents
    let embedded = try Program.run("embed", input, "-o", folder.file("out.mp4"))
    #expect(embedded.status == 3, "\(embedded)")
    #expect(embedded.isOneSentence(naming: input), "\(embedded)")
    let verified = try Program.run("verify", input, "--json")
    #expect(verified.status == 3, "\(verified)")
    #expect(verified.isOneSentence(naming: input), "\(verified)")
    #expect(verified.output.isEmpty)
    #expect(try folder.contents == before)
  }

  @Test(arguments: ["/nowhere/out.png", "/proc/out.png", "/dev/null", "/tmp/out.xyz"])
  func `a still's output that cannot be written is status 73`(_ output: String) throws {
    let outcome = try Program.run("embed", try Media.still(in: folder), "-o", output)
    #expect(outcome.status == 73, "\(outcome)")
    #expect(outcome.isOneSentence(naming: output), "\(outcome)")
  }

  @Test(arguments: ["/nowhere/out.mp4", "/proc/out.mp4"])
  func `a film's output that cannot be written is status 73`(_ output: String) throws {
    let outcome = try Program.run("embed", try Media.clip(in: folder), "-o", output)
    #expect(outcome.status == 73, "\(outcome)")
    #expect(outcome.isOneSentence(naming: output), "\(outcome)")
  }

  @Test(arguments: [
    (["--codec", "h265x"], "h265x"), (["--quality", "99"], "99"), (["--preset", "warp"], "warp"),
    (["--model", "dense999"], "dense999"), (["--text", ""], "empty"),
    (["--text", String(repeating: "ä", count: 68)], "136 bytes"), (["--frobnicate"], "frobnicate"),
    (["--quality", "much"], "much"),
  ])
  func `what does not exist or fit is wrong use`(_ options: [String], _ name: String) throws {
    let input = try Media.clip(in: folder)
    let folderBefore = try folder.contents
    let output = folder.file("out.mp4")
    let process = try Program.start(
      ["embed", input, "-o", output] + options, weights: RandomWeights.folder?.path,
      output: "/dev/null", error: folder.file("err"))
    process.waitUntilExit()
    let error = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    #expect(process.terminationStatus == 2, "\(error)")
    let outcome = Outcome(status: 2, output: Data(), error: error)
    #expect(outcome.isOneSentence(naming: name), "\(outcome)")
    #expect(try folder.contents == (folderBefore + ["err"]).sorted())
  }

  @Test func `missing and unfit weights are input that cannot be read`() throws {
    let input = try Media.still(in: folder)
    let missing = try Program.run("verify", input, weights: folder.path)
    #expect(missing.status == 3)
    #expect(missing.isOneSentence(naming: "dense103.safetensors"), "\(missing)")
    let weights = try #require(RandomWeights.folder)
    let unfit = try Program.run(
      "verify", input, "--model", "dense-fast", "--weights", weights.file("dense103.safetensors"))
    #expect(unfit.status == 3)
    #expect(unfit.isOneSentence(naming: "dense103.safetensors"), "\(unfit)")
    #expect(unfit.error.utf8.count < 1000)
  }

  @Test(arguments: ["clip.mp4", "still.png"])
  func `a file that may not grow leaves nothing, as on a full disk`(_ name: String) throws {
    let elsewhere = try Folder()
    let input =
      name == "clip.mp4"
      ? try Media.clip(in: elsewhere, frames: 50, size: "320x240") : try Media.still(in: elsewhere)
    let output = folder.file(name)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // Eight blocks of 512 bytes.
    process.arguments = [
      "-c", "ulimit -f 8; exec \"$0\" embed \"$1\" -o \"$2\" 2>\"$3\"", Program.path, input, output,
      elsewhere.file("err"),
    ]
    var environment = ProcessInfo.processInfo.environment
    environment["PALIMPSEST_WEIGHTS"] = RandomWeights.folder?.path
    process.environment = environment
    try process.run()
    process.waitUntilExit()
    let error = try String(contentsOfFile: elsewhere.file("err"), encoding: .utf8)
    #expect(process.terminationStatus == 73, "\(error)")
    let outcome = Outcome(status: 73, output: Data(), error: error)
    #expect(outcome.isOneSentence(naming: output), "\(outcome)")
    #expect(try folder.contents == [])
  }

  @Test func `standard output is not shared by a picture and an object`() throws {
    let outcome = try Program.run("embed", try Media.still(in: folder), "-o", "-", "--json")
    #expect(outcome.status == 2)
    #expect(outcome.isOneSentence(naming: "standard output"))
  }

  @Test func `a film does not go to standard output`() throws {
    let outcome = try Program.run("embed", try Media.clip(in: folder), "-o", "-")
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
  }
}
