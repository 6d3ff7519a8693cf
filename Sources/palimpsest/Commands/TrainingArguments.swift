internal import ArgumentParser
internal import Pipelines

/// What every `train` command is told of its run.
struct TrainingArguments: ParsableArguments {
  @Option(help: .init("The folder for the results.", valueName: "dir"))
  var out: String
  @Flag(help: "Go on from the checkpoint in the folder for the results.")
  var resume = false
  @Option(help: "End after so many minutes.")
  var minutes: Double?
  @Option(help: "Pictures per step.")
  var batch: Int?
  @Option(help: "Adam's step width.")
  var rate: Float?
  @Option(help: "What all random choices follow from.")
  var seed: UInt64?

  var options: TrainingRunOptions {
    var options = TrainingRunOptions(output: out)
    options.resumes = resume
    options.minutes = minutes
    options.batch = batch
    options.rate = rate
    options.seed = seed
    return options
  }
}
