internal import ArgumentParser
internal import Pipelines

struct ExportModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a model for other programs.",
    discussion: """
      The extension of OUT decides: .safetensors holds the weights, .onnx one network that other \
      programs can run.
      """)

  @Argument(help: "An installed model, or a weight file that says which model it is of.")
  var model: String
  @Option(help: "encoder or decoder: which network of dense103 or dense-fast an ONNX file holds.")
  var network: String?
  @Option(
    help: .init(
      "What pictures an ONNX file is for, if mtcnn-pnet, s3fd, ssd, fan or bisenet is in it.",
      valueName: "widthxheight"))
  var size: String?
  @Option(
    name: .shortAndLong,
    help: .init("The file to write, in single precision.", valueName: "out"))
  var output: String

  func run() throws {
    var options = ExportOptions()
    options.network = network
    options.size = size
    try exportModel(model, to: output, options: options)
  }
}
