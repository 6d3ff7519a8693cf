internal import ArgumentParser
internal import Pipelines

struct Emote: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gives the faces in a still or a film another emotion.",
    discussion: """
      Every picture made is marked, as embed does. Sound, subtitles, chapters and metadata stay as \
      they are. The extension of OUTPUT decides its format. Exit status 1 if no face was found; \
      nothing is written then.
      """)

  @Argument(help: "A picture or film; - for a picture on standard input.")
  var input: String
  @Option(
    name: .customLong("to"),
    help: "neutral, happy, sad, surprise, fear, disgust, anger or contempt, as far as trained for.")
  var emotion: String
  @Option(
    name: .shortAndLong,
    help: "The file to write; - for a PNG on standard output.")
  var output: String
  @Option(help: "How much of the change is made, from 0 to 1.")
  var strength = 1.0
  @Option(
    help: """
      all, largest, central, a number that counts from 0 at the left, a place X,Y, or a photograph \
      of the person meant.
      """)
  var face = "all"
  @Option(
    help: """
      oval, landmarks, parsing, or bisenet (needs face-parsing.PyTorch's 79999_iter.pth).
      """)
  var mask = "oval"
  @Option(help: .init("EmoDNN's weights instead of the installed ones.", valueName: "file"))
  var emotionWeights: String?
  @OptionGroup var marking: MarkingArguments
  @Option(
    help: .init(
      "Draw input, output and difference × 4 of the first frame with a face.",
      valueName: "file.png"))
  var preview: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() async throws {
    var options = EmotionChangeOptions(emotion: emotion)
    options.strength = strength
    options.face = face
    options.mask = mask
    options.emotionWeights = emotionWeights
    options.marking = marking.options
    options.marking.preview = preview
    options.marking.printsResult = json
    let line = ProgressLine()
    defer { line.clear() }
    let result = try await changeEmotion(input, to: output, options: options) { line.show($0) }
    line.clear()
    for remark in result.remarks { writeStandardError(remark) }
    if json {
      try writeStandardOutput(result.json.text + "\n")
    } else {
      writeStandardError(result.sentence)
    }
  }
}
