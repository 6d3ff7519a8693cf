import Foundation
import Testing

/// The weights that ship, wherever above the program they lie.
enum ShippedWeights {
  static let folder: String? = {
    var folder = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
    while folder.path != "/" {
      let weights = folder.appendingPathComponent("Corpus/weights").path
      if FileManager.default.fileExists(atPath: weights) { return weights }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  static func has(_ model: String) -> Bool {
    folder.map { FileManager.default.fileExists(atPath: "\($0)/\(model).safetensors") } ?? false
  }
}

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct ShippedWeightsTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test(.enabled(if: ShippedWeights.has("dense103"), "no weights for dense103 yet"))
  func `what dense103 hides in a still is read back`() throws {
    try stillSurvives("dense103")
  }

  @Test(.enabled(if: ShippedWeights.has("dense-fast"), "no weights for dense-fast yet"))
  func `what dense-fast hides in a still is read back`() throws {
    try stillSurvives("dense-fast")
  }

  private func stillSurvives(_ model: String) throws {
    let input = try Media.still(in: folder, source: "gradients=seed=3")
    let marked = folder.file("marked.png")
    let text = "Grüße vom Test"
    let embedded = try Program.run(
      "embed", input, "-o", marked, "--model", model, "--text", text,
      weights: ShippedWeights.folder)
    #expect(embedded.status == 0, "\(embedded)")
    #expect(!embedded.error.contains("cannot be read"))
    let verified = try Program.run(
      "verify", marked, "--model", model, "--json", weights: ShippedWeights.folder)
    #expect(verified.status == 0, "\(verified)")
    #expect(try verified.json["text"] as? String == text)
    #expect(try #require(verified.json["pValue"] as? Double) < 1e-11)
    let original = try Program.run(
      "verify", input, "--model", model, weights: ShippedWeights.folder)
    #expect(original.status == 1, "\(original)")
  }

  @Test(.enabled(if: ShippedWeights.has("dense-fast"), "no weights for dense-fast yet"))
  func `a marked film with sound is read back frame by frame`() throws {
    let input = try Media.clip(
      in: folder, frames: 50, size: "640x360", source: "gradients=seed=3:speed=0.05")
    let marked = folder.file("marked.mp4")
    let embedded = try Program.run(
      "embed", input, "-o", marked, "--text", "made by a test", weights: ShippedWeights.folder)
    #expect(embedded.status == 0, "\(embedded)")
    #expect(try Media.soundDigest(input) == Media.soundDigest(marked))
    let report = folder.file("report")
    let verified = try Program.run(
      "verify", marked, "--model", "dense-fast", "--report", report, "--json",
      weights: ShippedWeights.folder)
    #expect(verified.status == 0, "\(verified)")
    let json = try verified.json
    #expect(json["text"] as? String == "made by a test")
    #expect(json["model"] as? String == "dense-fast")
    #expect(json["frames"] as? Int == 50)
    #expect(try #require(json["framesRead"] as? Int) >= 40)
    let page = try String(contentsOfFile: report + "/index.html", encoding: .utf8)
    #expect(page.contains("This film carries a mark"))
    #expect(page.contains("“made by a test”"))
    for picture in ["code.png", "clean.png"] {
      #expect(FileManager.default.fileExists(atPath: "\(report)/\(picture)"))
    }
  }
}
