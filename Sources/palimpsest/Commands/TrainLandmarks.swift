internal import ArgumentParser
internal import Pipelines

struct TrainLandmarks: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "landmarks", abstract: "Trains the network that finds 68 points in faces.",
    discussion: """
      The data are a folder with one folder of photographs per person, and landmarks68.csv: a line \
      per photograph, PERSON/NAME.jpg and 68 times x,y. The last 40 people in alphabetical order \
      are not trained on but measured. DIR gets landmarks68.safetensors (what ships), \
      checkpoint.safetensors (to go on from), log.csv, validation.csv and curves.svg.
      """)

  @Option(help: .init("The folder of people.", valueName: "dir"))
  var data: String
  @OptionGroup var training: TrainingArguments
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var steps: Int?

  func run() throws {
    var options = LandmarkTrainingOptions(data: data, run: training.options)
    options.steps = steps
    try trainLandmarks(options) { writeStandardError($0) }
  }
}
