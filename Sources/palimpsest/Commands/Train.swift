internal import ArgumentParser
internal import Pipelines

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains networks on your pictures and clips.",
    subcommands: [
      TrainStego.self, TrainLandmarks.self, TrainParser.self, TrainClassifier.self,
      TrainEmotion.self,
    ])
}

struct TrainStego: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stego", abstract: "Trains the networks that hide and read codes.",
    discussion: """
      DIR gets NAME.safetensors (what ships), checkpoint.safetensors (to go on from), log.csv and \
      curves.svg, every hundred steps and at the end. Ctrl-C ends a run after the step at hand.
      """)

  @Option(
    parsing: .upToNextOption,
    help: .init("Folders with pictures and clips to train on.", valueName: "dir"))
  var data: [String]
  @OptionGroup var training: TrainingArguments
  @Option(help: "dense103 or dense-fast.")
  var model = "dense-fast"
  @Option(name: .customLong("init"), help: .init("Weights to begin with.", valueName: "file"))
  var initial: String?
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var steps: Int?
  @Option(help: "The PSNR in dB, as seen, that marks begin with.")
  var firstTarget: Float?
  @Option(help: "The PSNR in dB, as seen, that marks are to reach.")
  var lastTarget: Float?
  @Flag(help: "Compute again what the gradient needs: less memory, more time.")
  var recompute = false

  func run() throws {
    var options = StegoTrainingOptions(data: data, run: training.options)
    options.model = model
    options.initial = initial
    options.steps = steps
    options.firstTarget = firstTarget
    options.lastTarget = lastTarget
    options.recomputes = recompute
    try trainStego(options) { writeStandardError($0) }
  }
}
