internal import ArgumentParser
internal import Pipelines

struct TrainEmotion: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "emotion", abstract: "Trains the network that changes a face's emotion.",
    discussion: """
      The folder holds one folder of pictures per emotion. DIR gets emodnn.safetensors (what \
      ships), checkpoint.safetensors (to go on from), log.csv and curves.svg. Ctrl-C ends a run \
      after the step at hand.
      """)

  @Option(help: .init("A folder with faces to train on.", valueName: "dir"))
  var data: String
  @Option(help: .init("Weights of classifier A, whose size is taken over.", valueName: "file"))
  var classifier: String
  @Option(help: .init("The folder for the results.", valueName: "dir"))
  var out: String
  @Flag(help: "Go on from the checkpoint in the folder for the results.")
  var resume = false
  @Option(
    name: .customLong("init"),
    help: .init("Weights to begin with, beside those of the discriminator.", valueName: "file"))
  var initial: String?
  @Option(help: "End after so many minutes.")
  var minutes: Double?
  @Option(help: "The length of the whole run, over which the learning rates fall.")
  var epochs: Int?
  @Option(help: "Faces per step.")
  var batch: Int?
  @Option(help: "Adam's step width.")
  var rate: Float?
  @Option(help: "What all random choices follow from.")
  var seed: UInt64?

  func run() throws {
    var options = EmotionTrainingOptions(data: data, classifier: classifier, output: out)
    options.resumes = resume
    options.initial = initial
    options.minutes = minutes
    options.epochs = epochs
    options.batch = batch
    options.rate = rate
    options.seed = seed
    try trainEmotion(options) { writeStandardError($0) }
  }
}
