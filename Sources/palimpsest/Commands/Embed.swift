internal import ArgumentParser
internal import Pipelines

struct Embed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Hides a code in a still or in every frame of a clip.",
    discussion: """
      Sound, subtitles, chapters and metadata stay as they are. The extension of OUTPUT decides its \
      format.
      """)

  @Argument(help: "A picture or film; - for a picture on standard input.")
  var input: String
  @Option(
    name: .shortAndLong,
    help: "The file to write; - for a PNG on standard output.")
  var output: String
  @Option(help: "What the code says: up to 134 bytes of UTF-8, up to 20 for the most robust code.")
  var text = EmbeddingOptions.standardText
  @Option(help: "dense103 or dense-fast. (default: dense103 for stills, dense-fast for clips)")
  var model: String?
  @Option(help: .init("A weight file instead of the installed one.", valueName: "file"))
  var weights: String?
  @Option(help: "The encoder of a film, such as libx264, libx265, ffv1.")
  var codec: String?
  @Option(help: "On the encoder's own scale; of a JPEG or WebP picture 1 to 100.")
  var quality: Int?
  @Option(help: "The encoder's own name for how much effort to make.")
  var preset: String?
  @Option(
    help: .init(
      "Draw cover, marked picture, difference × 20 and code of the first frame.",
      valueName: "file.png"))
  var preview: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() async throws {
    var options = EmbeddingOptions()
    options.text = text
    options.model = model
    options.weights = weights
    options.codec = codec
    options.quality = quality
    options.preset = preset
    options.preview = preview
    options.printsResult = json
    let line = ProgressLine()
    defer { line.clear() }
    let result = try await embed(input, to: output, options: options) { line.show($0) }
    line.clear()
    for remark in result.remarks { writeStandardError(remark) }
    if json {
      try writeStandardOutput(result.json.text + "\n")
    } else {
      writeStandardError(result.sentence)
    }
  }
}
