internal import ArgumentParser
internal import Pipelines

struct TrainClassifier: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classifier", abstract: "Trains a network that tells emotions apart.",
    discussion: """
      The folders hold one folder of pictures per emotion, as FER-2013 and AffectNet come. DIR gets \
      MODEL.safetensors (what ships), checkpoint.safetensors (to go on from), log.csv and \
      curves.svg. Ctrl-C ends a run after the step at hand.
      """)

  @Option(help: .init("A folder with faces to train on.", valueName: "dir"))
  var data: String
  @Option(
    help: .init(
      "A folder with other people's faces; the weights that do best on them are kept.",
      valueName: "dir"))
  var validation: String?
  @OptionGroup var training: TrainingArguments
  @Option(help: "classifier-a or classifier-b.")
  var model = "classifier-a"
  @Option(help: "face-48, gray, or face-128, in colour.")
  var design = "face-48"
  @Option(
    name: .customLong("init"), help: .init("Weights to begin with.", valueName: "file"))
  var initial: String?
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var epochs: Int?

  func run() throws {
    var options = ClassifierTrainingOptions(data: data, run: training.options)
    options.validation = validation
    options.model = model
    options.design = design
    options.initial = initial
    options.epochs = epochs
    try trainClassifier(options) { writeStandardError($0) }
  }
}
