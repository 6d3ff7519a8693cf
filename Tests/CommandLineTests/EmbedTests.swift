import Foundation
import Testing

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct EmbedTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func `a still is marked and told of in one object`() throws {
    let input = try Media.still(in: folder)
    let outcome = try Program.run("embed", input, "-o", folder.file("marked.png"), "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let json = try outcome.json
    #expect(
      Set(json.keys) == [
        "input", "output", "kind", "model", "frames", "seconds", "psnr", "qrVersion",
      ])
    #expect(json["kind"] as? String == "still")
    #expect(json["model"] as? String == "dense103")
    #expect(json["frames"] as? Int == 1)
    #expect(json["qrVersion"] as? Int == 2)
    #expect(try #require(json["psnr"] as? Double) > 25)
    // The weights are random.
    let remark = "palimpsest: \(folder.file("marked.png")): the mark cannot be read in this picture"
    #expect(outcome.error.trimmingCharacters(in: .newlines) == remark)
    #expect(try folder.contents == ["marked.png", "still.png"])
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: input))
        != Data(contentsOf: URL(fileURLWithPath: folder.file("marked.png"))))
  }

  @Test func `every frame of a clip is marked and its sound copied`() throws {
    let input = try Media.clip(in: folder)
    let output = folder.file("marked.mkv")
    let outcome = try Program.run("embed", input, "-o", output, "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let json = try outcome.json
    #expect(json["kind"] as? String == "video")
    #expect(json["model"] as? String == "dense-fast")
    #expect(json["frames"] as? Int == 12)
    #expect(try Media.soundDigest(input) == Media.soundDigest(output))
  }

  @Test func `the contact sheet is a picture`() throws {
    let input = try Media.clip(in: folder, frames: 2)
    let sheet = folder.file("sheet.png")
    let outcome = try Program.run(
      "embed", input, "-o", folder.file("marked.mp4"), "--preview", sheet)
    #expect(outcome.status == 0, "\(outcome)")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: sheet)))
    #expect(bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    // Two panels of 192 samples and their margins.
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect(width >= 2 * 192)
  }

  @Test func `a still passes from standard input to standard output`() throws {
    let input = try Media.still(in: folder)
    let outcome = try Program.run("embed", "-", "-o", "-", input: input)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func `a full standard output is an output that cannot be written`() throws {
    let input = try Media.still(in: folder)
    let outcome = try Program.run("embed", input, "-o", "-", output: "/dev/full")
    #expect(outcome.status == 73)
    #expect(outcome.isOneSentence(naming: "standard output"))
    #expect(!outcome.error.contains("Domain"))
  }

  @Test func `a file is overwritten only by a whole one`() throws {
    let input = try Media.still(in: folder)
    let output = try folder.file("out.png", Data("older".utf8))
    let failed = try Program.run(
      "embed", input, "-o", output, "--weights", folder.file("nothing.safetensors"))
    #expect(failed.status == 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == Data("older".utf8))
    #expect(try Program.run("embed", input, "-o", output).status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: output)).count > 1000)
    #expect(try folder.contents == ["out.png", "still.png"])
  }
}

extension Outcome {
  /// Whether standard error holds one line, of this program, that names `subject`.
  func isOneSentence(naming subject: String) -> Bool {
    error.hasPrefix("palimpsest: ") && error.hasSuffix("\n")
      && error.split(separator: "\n").count == 1 && error.contains(subject)
  }
}
