internal import ArgumentParser
internal import Pipelines

struct Evaluate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures models on your pictures and clips.",
    subcommands: [EvaluateStego.self, EvaluateEmotion.self])
}

struct EvaluateStego: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stego", abstract: "Measures how well marks are hidden and read.",
    discussion: """
      Pictures: PSNR, code read, code read after noise (table 4 of the paper), then a table of \
      attacks. Clips: H.264 at three rates, frame by frame and in pieces of two seconds. Unmarked \
      pictures and frames are read, too.
      """)

  @Option(help: .init("A folder with pictures and clips.", valueName: "dir"))
  var data: String
  @Option(help: "dense103 or dense-fast. (default: dense103 if there are pictures)")
  var model: String?
  @Option(help: .init("A weight file instead of the installed one.", valueName: "file"))
  var weights: String?
  @Option(help: "What to hide. (default: a text of 16 bytes)")
  var text: String?
  @Option(help: "At most so many pictures, and so many clips.")
  var limit: Int?
  @Option(help: "Make a new residual for a clip at least every so many frames.")
  var interval: Int?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    var options = EvaluationOptions(data: data)
    options.model = model
    options.weights = weights
    if let text { options.text = text }
    options.limit = limit
    if let interval { options.policy.interval = max(1, interval) }
    let line = ProgressLine()
    defer { line.clear() }
    let result = try evaluateStego(options) { line.show($0) }
    line.clear()
    for failure in result.failures { writeStandardError("left out \(failure)") }
    try writeStandardOutput((json ? result.json.text : result.table) + "\n")
  }
}
