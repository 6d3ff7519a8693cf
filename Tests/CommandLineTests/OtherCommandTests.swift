import Foundation
import Testing

@Suite(.enabled(if: Media.canBeMade, "needs ffmpeg"))
struct OtherCommandTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
  }

  @Test func `training logs each step, and goes on where it stopped`() throws {
    let data = try Folder()
    _ = try Media.still(in: data)
    _ = try Media.clip(in: data)
    let run = folder.file("run")
    let common = ["train", "stego", "--data", data.path, "--out", run, "--batch", "2"]
    func train(_ options: String...) throws -> Int32 {
      let process = try Program.start(
        common + options, weights: nil, output: "/dev/null", error: folder.file("err"))
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try train("--steps", "2") == 0)
    #expect(try train("--steps", "3", "--resume") == 0)
    let log = try String(contentsOfFile: run + "/log.csv", encoding: .utf8).split(separator: "\n")
    #expect(log.map { $0.prefix { $0 != "," } } == ["step", "1", "2", "3"])
    let files = try FileManager.default.contentsOfDirectory(atPath: run).sorted()
    #expect(
      files == ["checkpoint.safetensors", "curves.svg", "dense-fast.safetensors", "log.csv"])
    let curves = try String(contentsOfFile: run + "/curves.svg", encoding: .utf8)
    #expect(XMLParserProbe.isWellFormed(curves))
    #expect(curves.contains("<polyline"))
    let verified = try Program.run(
      "verify", data.file("still.png"), "--model", "dense-fast", weights: run)
    #expect(verified.status == 1, "\(verified)")
  }

  @Test func `training that is told to stop finishes its step and writes everything`() throws {
    let data = try Folder()
    _ = try Media.still(in: data)
    let run = folder.file("run")
    let process = try Program.start(
      ["train", "stego", "--data", data.path, "--out", run, "--batch", "2", "--steps", "100000"],
      weights: nil, output: "/dev/null", error: folder.file("err"))
    func steps() -> Int {
      let log = try? String(contentsOfFile: run + "/log.csv", encoding: .utf8)
      return (log?.split(separator: "\n").count ?? 1) - 1
    }
    for _ in 0..<2400 where steps() < 2 && process.isRunning { usleep(50_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let report = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    #expect(report.hasSuffix("the results of \(steps()) steps, when it was stopped\n"))
    let checkpoint = try Data(contentsOf: URL(fileURLWithPath: run + "/checkpoint.safetensors"))
    #expect(checkpoint.prefix(4096).contains(Data("\"step\":\"\(steps())\"".utf8)))
  }

  @Test func `training needs something to train on`() throws {
    let outcome = try Program.run(
      "train", "stego", "--data", folder.path, "--out", folder.file("run"))
    #expect(outcome.status == 3)
    #expect(outcome.isOneSentence(naming: folder.path))
  }

  @Test func `evaluation measures pictures and clips`() throws {
    let data = try Folder()
    _ = try Media.still(in: data)
    _ = try Media.clip(in: data)
    let arguments = ["evaluate", "stego", "--data", data.path, "--model", "dense-fast"]
    let process = try Program.start(
      arguments + ["--json"], weights: RandomWeights.folder?.path, output: folder.file("out"),
      error: folder.file("err"))
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let json = try Outcome(
      status: 0, output: Data(contentsOf: URL(fileURLWithPath: folder.file("out"))), error: ""
    ).json
    let stills = try #require(json["stills"] as? [String: Any])
    let attacks = try #require(stills["attacks"] as? [[String: Any]])
    #expect(
      attacks.map { $0["attack"] as? String } == [
        "none", "noise 0.02", "JPEG 90", "JPEG 75", "JPEG 50", "H.264 crf 18", "H.264 crf 23",
        "H.264 crf 28", "half size", "brightness × 0.5", "brightness × 1.5", "crop 0.8",
      ])
    // Random weights read nothing, and half of the modules wrong.
    for attack in attacks {
      #expect(attack["read"] as? Int == 0)
      #expect(abs(try #require(attack["moduleErrorRate"] as? Double) - 0.5) < 0.25)
    }
    #expect(stills["falsePositives"] as? Int == 0)
    let clips = try #require(json["clips"] as? [String: Any])
    #expect(clips["pieces"] as? Int == 1)
    #expect(clips["frames"] as? Int == 12)
    let table = try Program.run("evaluate", "stego", "--data", data.file("still.png"))
    #expect(table.status == 0, "\(table)")
    #expect(table.text.contains("still.png"))
    #expect(table.text.contains("after noise"))
  }

  @Test func `models are listed and shown`() throws {
    let list = try Program.run("models", "list", "--json").json
    let models = try #require(list["models"] as? [[String: Any]])
    let names = models.compactMap { $0["name"] as? String }
    #expect(
      names.starts(with: ["dense103", "dense-fast", "classifier-a", "classifier-b", "emodnn"]))
    #expect(Set(names).isSuperset(of: ["mtcnn-pnet", "s3fd", "fan", "landmarks68", "faceparser"]))
    #expect(models[4]["weights"] is NSNull)
    let cost = try #require(models[0]["gmac"] as? [String: Double])
    #expect(cost == ["encoder": 6.528, "decoder": 2.88])
    let shown = try Program.run("models", "show", "dense-fast")
    #expect(shown.status == 0)
    #expect(shown.text.contains("marks clips and reads marks"))
    let installed = try Program.run("models", "show", "emodnn", "--json", weights: nil).json
    let parameters = try #require(installed["parameters"] as? [String: Int])
    #expect(parameters.keys.sorted() == ["emodnn"] && parameters["emodnn", default: 0] > 600_000)
    #expect(try #require(installed["card"] as? String).hasPrefix("# emodnn"))
    #expect(try Program.run("models", "show", "dense9").status == 2)
  }

  @Test func `the benchmark names the networks and their sizes`() throws {
    let outcome = try Program.run("bench", "--model", "dense-fast", "--json")
    let models = try #require(try outcome.json["models"] as? [[String: Any]])
    #expect(
      models.map { $0["name"] as? String } == ["dense-fast-encoder", "dense-fast-decoder"])
    for model in models {
      #expect(Set(model.keys) == ["name", "shape", "gmac", "milliseconds", "gflops"])
      let (gmac, time) = (model["gmac"] as? Double ?? 0, model["milliseconds"] as? Double ?? 0)
      let speed = try #require(model["gflops"] as? Double)
      #expect(abs(speed - 2 * gmac / time * 1000) <= 0.02 * speed + 0.1)
    }
    let small = try Program.run("bench", "--model", "landmarks68", "--json").json
    let found = try #require(small["models"] as? [[String: Any]])
    #expect(found.map { $0["shape"] as? [Int] } == [[1, 3, 64, 64]])
    #expect(try Program.run("bench", "--model", "dense9").status == 2)
  }
}

/// Whether text is well-formed XML as far as tags go: each that opens is closed, in order.
enum XMLParserProbe {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [String] = []
    for tag in text.matches(of: /<(\/?)([a-z]+)[^>]*?(\/?)>/) {
      if tag.1 == "/" {
        guard open.popLast() == String(tag.2) else { return false }
      } else if tag.3.isEmpty {
        open.append(String(tag.2))
      }
    }
    return open.isEmpty
  }
}
