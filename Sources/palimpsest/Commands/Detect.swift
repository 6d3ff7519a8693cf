internal import ArgumentParser
internal import Pipelines

struct Detect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what is seen in your pictures and films.",
    subcommands: [DetectEmotion.self])
}

struct DetectEmotion: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emotion", abstract: "Tells what two classifiers take faces for.",
    discussion: """
      A line for each face, with the mean over the frames of a film in which it was found; --json \
      tells every frame. Exit status 1 if no face was found. What a face shows is not what a person \
      feels.
      """)

  @Argument(help: "A picture or film; - for a picture on standard input.")
  var input: String
  @Option(
    help: """
      all, largest, central, a number that counts from 0 at the left, a place X,Y, or a photograph \
      of the person meant.
      """)
  var face = "all"
  @Option(
    name: .customLong("classifier-a"),
    help: .init("Weights of classifier A instead of the installed ones.", valueName: "file"))
  var classifierA: String?
  @Option(
    name: .customLong("classifier-b"),
    help: .init("Weights of classifier B instead of the installed ones.", valueName: "file"))
  var classifierB: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() async throws {
    var options = EmotionDetectionOptions()
    options.face = face
    options.classifierA = classifierA
    options.classifierB = classifierB
    let line = ProgressLine()
    defer { line.clear() }
    let result = try await detectEmotion(input, options: options) { line.show($0) }
    line.clear()
    try writeStandardOutput((json ? result.json.text : result.text) + "\n")
  }
}
