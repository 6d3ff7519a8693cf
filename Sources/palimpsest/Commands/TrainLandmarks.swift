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
  @Option(help: .init("The folder for the results.", valueName: "dir"))
  var out: String
  @Flag(help: "Go on from the checkpoint in the folder for the results.")
  var resume = false
  @Option(help: "End after so many minutes.")
  var minutes: Double?
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var steps: Int?
  @Option(help: "Faces per step.")
  var batch: Int?
  @Option(help: "Adam's step width.")
  var rate: Float?
  @Option(help: "What all random choices follow from.")
  var seed: UInt64?

  func run() throws {
    var options = LandmarkTrainingOptions(data: data, output: out)
    options.resumes = resume
    options.minutes = minutes
    options.steps = steps
    options.batch = batch
    options.rate = rate
    options.seed = seed
    try trainLandmarks(options) { writeStandardError($0) }
  }
}
