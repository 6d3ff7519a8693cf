import Foundation
import Testing

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct VerifyTests {
  private let folder: Folder
  private let keys: Set<String> = [
    "input", "kind", "status", "text", "frames", "framesRead", "pValue", "model", "seconds",
  ]

  init() throws {
    folder = try Folder()
  }

  @Test func `no mark in a still is status 1`() throws {
    let outcome = try Program.run("verify", try Media.still(in: folder), "--json")
    #expect(outcome.status == 1, "\(outcome)")
    let json = try outcome.json
    #expect(Set(json.keys) == keys)
    #expect(json["status"] as? String == "none")
    #expect(json["kind"] as? String == "still")
    #expect(json["text"] is NSNull)
    #expect(json["model"] is NSNull)
    #expect(json["framesRead"] as? Int == 0)
    #expect(json["pValue"] as? Double == 1)
    #expect(outcome.error.isEmpty)
  }

  @Test func `no mark in a clip is status 1, after every frame`() throws {
    let outcome = try Program.run("verify", try Media.clip(in: folder), "--json")
    #expect(outcome.status == 1, "\(outcome)")
    let json = try outcome.json
    #expect(Set(json.keys) == keys)
    #expect(json["kind"] as? String == "video")
    #expect(json["frames"] as? Int == 12)
  }

  @Test func `without JSON there is one sentence on standard output`() throws {
    let outcome = try Program.run("verify", "-", input: try Media.still(in: folder))
    #expect(outcome.status == 1)
    #expect(outcome.text == "-: no mark found in this still\n")
  }

  @Test func `the report is a page with its pictures`() throws {
    let report = folder.file("report")
    let input = try Media.clip(in: folder, "<b>.mp4")
    let outcome = try Program.run("verify", input, "--report", report)
    #expect(outcome.status == 1, "\(outcome)")
    let page = try String(contentsOfFile: report + "/index.html", encoding: .utf8)
    #expect(page.contains("No mark was found in this film"))
    #expect(page.contains("&lt;b&gt;.mp4"))
    #expect(!page.contains("<b>.mp4"))
    let pictures = page.matches(of: /src="([^"]+)"/).map { String($0.1) }
    #expect(pictures.count == 8)
    for picture in pictures {
      #expect(FileManager.default.fileExists(atPath: "\(report)/\(picture)"), "\(picture)")
    }
  }

  @Test func `weights without a model are wrong use`() throws {
    let outcome = try Program.run(
      "verify", try Media.still(in: folder), "--weights", "some.safetensors")
    #expect(outcome.status == 2)
    #expect(outcome.isOneSentence(naming: "--model"))
  }
}
