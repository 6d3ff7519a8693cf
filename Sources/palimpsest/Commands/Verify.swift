internal import ArgumentParser
internal import Pipelines

struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks for a mark and says what it says.",
    discussion: "Exit status 0 if there is a mark, 1 if none was found.")

  @Argument(help: "A picture or film; - for a picture on standard input.")
  var input: String
  @Option(help: "dense103 or dense-fast. (default: both)")
  var model: String?
  @Option(help: .init("A weight file instead of the installed one.", valueName: "file"))
  var weights: String?
  @Option(help: .init("Write a page about what was found into this folder.", valueName: "dir"))
  var report: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() async throws {
    var options = VerificationOptions()
    options.model = model
    options.weights = weights
    options.report = report
    let line = ProgressLine()
    defer { line.clear() }
    let result = try await verify(input, options: options) { line.show($0) }
    line.clear()
    try writeStandardOutput((json ? result.json.text : result.sentence) + "\n")
    throw ExitCode(result.exitStatus.rawValue)
  }
}
