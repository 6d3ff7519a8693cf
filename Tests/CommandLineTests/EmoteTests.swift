import Foundation
import Testing

/// A photograph with a face, and weights with which its emotion is changed, if not well.
enum FaceWeights {
  /// What set-up fetches, wherever above the program it lies.
  static let fetched: String? = {
    var folder = URL(fileURLWithPath: Program.path).deletingLastPathComponent()
    let names = ["astronaut.png", "mtcnn-pnet.pt", "mtcnn-rnet.pt", "mtcnn-onet.pt"]
    while folder.path != "/" {
      let samples = folder.appendingPathComponent("Corpus/samples").path
      if names.allSatisfy({ FileManager.default.fileExists(atPath: "\(samples)/\($0)") }) {
        return samples
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  /// Trained on a few patterns that are no faces.
  static let folder: Folder? = {
    do {
      guard let fetched, let random = RandomWeights.folder else { return nil }
      let folder = try Folder()
      for name in ["mtcnn-pnet.pt", "mtcnn-rnet.pt", "mtcnn-onet.pt"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.file(name), withDestinationPath: "\(fetched)/\(name)")
      }
      for name in ["dense-fast.safetensors", "dense103.safetensors"] {
        try FileManager.default.createSymbolicLink(
          atPath: folder.file(name), withDestinationPath: random.file(name))
      }
      let data = try Folder()
      for (emotion, source) in [("happy", "testsrc2=alpha=255"), ("sad", "gradients=seed=3")] {
        try FileManager.default.createDirectory(
          atPath: data.file(emotion), withIntermediateDirectories: true)
        for index in 0..<4 {
          _ = try Media.still(in: data, "\(emotion)/\(index).png", source: source)
        }
      }
      for model in ["classifier-a", "classifier-b"] {
        let trained = try Program.run(
          "train", "classifier", "--model", model, "--data", data.path, "--out", folder.path,
          "--batch", "4", "--epochs", "1", weights: nil)
        guard trained.status == 0 else { throw CocoaError(.fileNoSuchFile) }
      }
      let trained = try Program.run(
        "train", "emotion", "--data", data.path, "--classifier",
        folder.file("classifier-a.safetensors"), "--out", folder.path, "--batch", "4", "--epochs",
        "2", weights: nil)
      guard trained.status == 0 else { throw CocoaError(.fileNoSuchFile) }
      return folder
    } catch {
      return nil
    }
  }()

  static let canBeUsed = Media.canBeMade && fetched != nil

  static var photograph: String { "\(fetched ?? "")/astronaut.png" }

  /// A film in which the photograph moves, with a tone.
  static func film(in folder: Folder, frames: Int = 8) throws -> String {
    let path = folder.file("film.mp4")
    try Media.ffmpeg(
      "-loop", "1", "-framerate", "25", "-i", photograph, "-f", "lavfi", "-i",
      "sine=frequency=440", "-vf", "crop=400:300:2*n:0", "-t", "\(Double(frames) / 25)",
      "-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", "12", "-c:a", "aac", path)
    return path
  }
}

@Suite(.enabled(if: FaceWeights.canBeUsed, "needs ffmpeg and what Corpus/build fetches"))
struct EmoteTests {
  private let folder: Folder
  private let weights: Folder

  init() throws {
    folder = try Folder()
    weights = try #require(FaceWeights.folder)
  }

  private func emote(_ input: String, _ output: String, _ options: String...) throws -> Outcome {
    let process = try Program.start(
      ["emote", input, "-o", output] + options, weights: weights.path, output: folder.file("out"),
      error: folder.file("err"))
    process.waitUntilExit()
    defer {
      for name in ["out", "err"] { try? FileManager.default.removeItem(atPath: folder.file(name)) }
    }
    return Outcome(
      status: process.terminationStatus,
      output: try Data(contentsOf: URL(fileURLWithPath: folder.file("out"))),
      error: try String(contentsOfFile: folder.file("err"), encoding: .utf8))
  }

  @Test func `a still is changed and told of in one object`() throws {
    let (output, sheet) = (folder.file("sad.png"), folder.file("sheet.png"))
    let outcome = try emote(
      FaceWeights.photograph, output, "--to", "sad", "--strength", "0.5", "--preview", sheet,
      "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let json = try outcome.json
    #expect(
      Set(json.keys) == [
        "input", "output", "kind", "emotion", "strength", "model", "frames", "framesWithFaces",
        "faces", "seconds", "psnr", "qrVersion",
      ])
    #expect(json["emotion"] as? String == "sad" && json["kind"] as? String == "still")
    #expect(json["strength"] as? Double == 0.5)
    #expect(json["faces"] as? Int == 1 && json["framesWithFaces"] as? Int == 1)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: sheet)))
    // Three panels of 512 samples and their margins.
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == 3 * 512 + 4 * 8)
    #expect(try folder.contents == ["sad.png", "sheet.png"])
  }

  @Test func `every frame of a film is marked and its sound copied`() throws {
    let input = try FaceWeights.film(in: folder)
    let output = folder.file("happy.mkv")
    let outcome = try emote(input, output, "--to", "happy", "--json")
    #expect(outcome.status == 0, "\(outcome)")
    let json = try outcome.json
    #expect(json["frames"] as? Int == 8 && json["framesWithFaces"] as? Int == 8)
    #expect(json["faces"] as? Int == 1)
    #expect(json["model"] as? String == "dense-fast")
    #expect(try Media.soundDigest(input) == Media.soundDigest(output))
  }

  @Test func `without a face nothing is written and the status is 1`() throws {
    let (still, film) = (try Media.still(in: folder), try Media.clip(in: folder, frames: 3))
    let before = try folder.contents
    for (input, output) in [(still, "out.png"), (film, "out.mp4")] {
      let outcome = try emote(input, folder.file(output), "--to", "happy")
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.isOneSentence(naming: input), "\(outcome)")
      #expect(try folder.contents == before)
    }
    let detected = try Program.run("detect", "emotion", still, weights: weights.path)
    #expect(detected.status == 1 && detected.isOneSentence(naming: still), "\(detected)")
    #expect(detected.output.isEmpty)
  }

  @Test(arguments: [
    (["--to", "glad"], "glad"), (["--to", "contempt"], "contempt"),
    (["--to", "sad", "--strength", "1.5"], "1.5"), (["--to", "sad", "--strength", "nan"], "nan"),
    (["--to", "sad", "--face", "nose"], "nose"), (["--to", "sad", "--mask", "square"], "square"),
    (["--to", "sad", "--codec", "libx264"], "--codec"),
  ])
  func `what does not exist or fit is wrong use`(_ options: [String], _ name: String) throws {
    let process = try Program.start(
      ["emote", FaceWeights.photograph, "-o", folder.file("out.png")] + options,
      weights: weights.path, output: "/dev/null", error: folder.file("err"))
    process.waitUntilExit()
    let error = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    #expect(process.terminationStatus == 2, "\(error)")
    #expect(
      Outcome(status: 2, output: Data(), error: error).isOneSentence(naming: name), "\(error)")
    #expect(try folder.contents == ["err"])
  }

  @Test func `weights that are missing or of something else are named`() throws {
    let missing = try Program.run(
      "emote", FaceWeights.photograph, "--to", "sad", "-o", folder.file("out.png"))
    #expect(missing.status == 3)
    #expect(missing.isOneSentence(naming: "emodnn.safetensors"), "\(missing)")
    let other = weights.file("classifier-a.safetensors")
    let unfit = try emote(
      FaceWeights.photograph, folder.file("out.png"), "--to", "sad", "--emotion-weights", other)
    #expect(unfit.status == 3 && unfit.isOneSentence(naming: other), "\(unfit)")
    let mask = try emote(
      FaceWeights.photograph, folder.file("out.png"), "--to", "sad", "--mask", "bisenet")
    #expect(mask.status == 3 && mask.isOneSentence(naming: "79999_iter.pth"), "\(mask)")
    #expect(try folder.contents == [])
  }

  @Test(arguments: ["/nowhere/out.png", "/dev/null", "/tmp/out.xyz"])
  func `output that cannot be written is status 73`(_ output: String) throws {
    let outcome = try emote(FaceWeights.photograph, output, "--to", "sad")
    #expect(outcome.status == 73 && outcome.isOneSentence(naming: output), "\(outcome)")
  }

  @Test func `emotions of a film are told face by face and frame by frame`() throws {
    let input = try FaceWeights.film(in: folder, frames: 4)
    let told = try Program.run("detect", "emotion", input, weights: weights.path)
    #expect(told.status == 0, "\(told)")
    #expect(told.text.contains("classifier-a") && told.text.contains("of 4 frames"))
    let json = try Program.run("detect", "emotion", input, "--json", weights: weights.path).json
    #expect(
      Set(json.keys) == ["input", "kind", "frameCount", "faces", "frames", "seconds"])
    let faces = try #require(json["faces"] as? [[String: Any]])
    #expect(faces.count == 1)
    #expect(
      Set(faces[0].keys) == [
        "face", "frames", "from", "to", "box", "classifier-a", "classifier-b", "agreed",
        "agreement",
      ])
    let frames = try #require(json["frames"] as? [[String: Any]])
    #expect(frames.map { $0["frame"] as? Int } == [0, 1, 2, 3])
  }
}
