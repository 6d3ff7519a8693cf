internal import ArgumentParser
internal import Pipelines

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the throughput of the networks on this machine.",
    discussion: """
      Medians over two seconds each, with random weights, which cost the same. MTCNN and the network \
      that recognizes faces have their own, and are left out where these are missing.
      """)

  @Option(
    help: """
      dense103, dense56, dense-fast-encoder, dense-fast-decoder; emodnn, discriminator, classifier-a, \
      classifier-b with -128 or -48; s3fd, ssd, fan, bisenet, landmarks68, faceparser; mtcnn-whole, \
      mtcnn-near, face-recognition; or what several begin with.
      """)
  var model: String?
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    let results = try benchmark(model)
    let text =
      json
      ? JSONValue.object([("models", .array(results.map(\.json)))]).text
      : results.map(\.sentence).joined(separator: "\n")
    try writeStandardOutput(text + "\n")
  }
}
