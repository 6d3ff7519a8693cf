internal import ArgumentParser
internal import Pipelines

/// What every command that writes marked media is told of the mark and of the file.
struct MarkingArguments: ParsableArguments {
  @Option(help: "What the code says: up to 134 bytes of UTF-8, up to 20 for the most robust code.")
  var text = EmbeddingOptions.standardText
  @Option(help: "dense103 or dense-fast. (default: dense103 for stills, dense-fast for clips)")
  var model: String?
  @Option(help: .init("A weight file instead of the installed one.", valueName: "file"))
  var weights: String?
  @Option(help: "The encoder of a film, such as libx264, libx265, ffv1.")
  var codec: String?
  @Option(help: "On the encoder's own scale; of a JPEG or WebP picture 1 to 100.")
  var quality: Int?
  @Option(help: "The encoder's own name for how much effort to make.")
  var preset: String?

  var options: EmbeddingOptions {
    var options = EmbeddingOptions()
    options.text = text
    options.model = model
    options.weights = weights
    options.codec = codec
    options.quality = quality
    options.preset = preset
    return options
  }
}
