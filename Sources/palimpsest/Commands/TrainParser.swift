internal import ArgumentParser
internal import Pipelines

struct TrainParser: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parser", abstract: "Trains the network that tells regions of faces apart.",
    discussion: """
      The data are a folder of portraits NAME_RGB_N and pictures NAME_Labels_N.png that colour their \
      regions, as FASSEG comes; the last fifth is not trained on but measured. With --landmarks, \
      faces with 68 known points teach it what is not in portraits. DIR gets faceparser.safetensors \
      (what ships), checkpoint.safetensors (to go on from), log.csv, validation.csv and curves.svg.
      """)

  @Option(help: .init("The folder of portraits.", valueName: "dir"))
  var data: String
  @Option(help: .init("A folder of people, as train landmarks takes it.", valueName: "dir"))
  var landmarks: String?
  @OptionGroup var training: TrainingArguments
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var steps: Int?

  func run() throws {
    var options = ParserTrainingOptions(data: data, run: training.options)
    options.landmarks = landmarks
    options.steps = steps
    try trainParser(options) { writeStandardError($0) }
  }
}
