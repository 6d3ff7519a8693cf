internal import ArgumentParser
internal import Pipelines

struct EvaluateEmotion: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emotion", abstract: "Measures how well emotions are recognized and changed.",
    discussion: """
      Recall, F1 score and accuracy of both classifiers on faces as they are and on faces that \
      EmoDNN has changed (tables 6 to 8 of the paper), and their confusion matrices. The figures \
      are confusion matrices and a grid: a row per emotion shown, a column per emotion asked for. \
      With photographs of people, also how far they stay themselves: cosines of dlib's embeddings.
      """)

  @Option(help: .init("A folder with one folder of pictures per emotion.", valueName: "dir"))
  var data: String
  @Option(
    name: .customLong("classifier-a"),
    help: .init("Weights of classifier A instead of the installed ones.", valueName: "file"))
  var classifierA: String?
  @Option(
    name: .customLong("classifier-b"),
    help: .init("Weights of classifier B instead of the installed ones.", valueName: "file"))
  var classifierB: String?
  @Option(help: .init("Weights of EmoDNN instead of the installed ones.", valueName: "file"))
  var emodnn: String?
  @Option(
    name: .customLong("faces"),
    help: .init("A folder with one folder of photographs per person.", valueName: "dir"))
  var people: String?
  @Option(help: "Faces to change to each emotion.")
  var count = 1000
  @Option(help: .init("A folder for figures, as PNG.", valueName: "dir"))
  var figures: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    var options = EmotionEvaluationOptions(data: data)
    options.classifierA = classifierA
    options.classifierB = classifierB
    options.emodnn = emodnn
    options.people = people
    options.count = max(1, count)
    options.figures = figures
    let line = ProgressLine()
    defer { line.clear() }
    let result = try evaluateEmotion(options) { line.show($0) }
    line.clear()
    for failure in result.failures { writeStandardError("left out \(failure)") }
    try writeStandardOutput((json ? result.json.text : result.table) + "\n")
  }
}
