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
  @OptionGroup var marking: MarkingArguments
  @Option(
    help: .init(
      "Draw cover, marked picture, difference × 20 and code of the first frame.",
      valueName: "file.png"))
  var preview: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() async throws {
    var options = marking.options
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
