internal import ArgumentParser
internal import Pipelines

struct ImportModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Makes a weight file from another program's.",
    discussion: """
      Reads what PyTorch, NumPy and Caffe write, and safetensors; nothing in the file is run. All \
      names and shapes must fit the model.
      """)

  @Argument(help: "A file such as .pth, .pt, .ckpt, .pkl, .npz, .caffemodel or .safetensors.")
  var file: String
  @Option(
    help: """
      dense103, dense-fast, mtcnn-pnet, mtcnn-rnet, mtcnn-onet, s3fd, ssd, fan, bisenet, \
      dlib-face-recognition, landmarks68; of our own files also classifier-a, classifier-b, emodnn and \
      emodnn-discriminator.
      """)
  var model: String
  @Option(help: "The dotted path of the weights in the file. (default: found by itself)")
  var part: String?
  @Option(
    name: .shortAndLong,
    help: .init("The weight file to write.", valueName: "out.safetensors"))
  var output: String

  func run() throws {
    var options = ImportOptions(model: model)
    options.part = part
    try importWeights(file, to: output, options: options)
  }
}
