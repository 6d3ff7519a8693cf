internal import ArgumentParser
internal import Pipelines

struct Train: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains networks on your pictures and clips.",
    subcommands: [
      TrainStego.self, TrainLandmarks.self, TrainClassifier.self, TrainEmotion.self,
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
  @Option(help: .init("The folder for the results.", valueName: "dir"))
  var out: String
  @Option(help: "dense103 or dense-fast.")
  var model = "dense-fast"
  @Flag(help: "Go on from the checkpoint in the folder for the results.")
  var resume = false
  @Option(name: .customLong("init"), help: .init("Weights to begin with.", valueName: "file"))
  var initial: String?
  @Option(help: "End after so many minutes.")
  var minutes: Double?
  @Option(help: "The length of the whole run, over which the learning rate falls.")
  var steps: Int?
  @Option(help: "Pictures per step.")
  var batch: Int?
  @Option(help: "Adam's step width.")
  var rate: Float?
  @Option(help: "What all random choices follow from.")
  var seed: UInt64?
  @Option(help: "The PSNR in dB that marks begin with.")
  var firstTarget: Float?
  @Option(help: "The PSNR in dB that marks are to reach.")
  var lastTarget: Float?
  @Flag(help: "Compute again what the gradient needs: less memory, more time.")
  var recompute = false

  func run() throws {
    var options = StegoTrainingOptions(data: data, output: out)
    options.model = model
    options.resumes = resume
    options.initial = initial
    options.minutes = minutes
    options.steps = steps
    options.batch = batch
    options.rate = rate
    options.seed = seed
    options.firstTarget = firstTarget
    options.lastTarget = lastTarget
    options.recomputes = recompute
    try trainStego(options) { writeStandardError($0) }
  }
}
