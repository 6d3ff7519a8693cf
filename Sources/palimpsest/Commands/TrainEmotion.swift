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
  @OptionGroup var training: TrainingArguments
  @Option(
    name: .customLong("init"),
    help: .init("Weights to begin with, beside those of the discriminator.", valueName: "file"))
  var initial: String?
  @Option(help: "The length of the whole run, over which the learning rates fall.")
  var epochs: Int?
  @Option(
    help: """
      What the classifier's verdict counts: more is more convincing and looks less natural; 1 \
      unless given.
      """)
  var classificationWeight: Double?

  func run() throws {
    var options = EmotionTrainingOptions(data: data, classifier: classifier, run: training.options)
    options.initial = initial
    options.epochs = epochs
    options.classificationWeight = classificationWeight
    try trainEmotion(options) { writeStandardError($0) }
  }
}
