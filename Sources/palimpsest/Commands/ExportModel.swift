internal import ArgumentParser
internal import Pipelines

struct ExportModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a model for other programs.",
    discussion: """
      The extension of OUT decides: .safetensors holds the weights, .onnx one network that other \
      programs can run.
      """)

  @Argument(help: "dense103, dense-fast, or a weight file of either.")
  var model: String
  @Option(help: "encoder or decoder: which network an ONNX file holds.")
  var network: String?
  @Option(
    name: .shortAndLong,
    help: .init("The file to write, in single precision.", valueName: "out"))
  var output: String

  func run() throws { try exportModel(model, to: output, network: network) }
}
