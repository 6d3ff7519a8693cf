public import Neural
internal import Tensors
public import WeightFiles

/// The models of emotions, by the names of their weight files.
public enum EmotionModel: String, CaseIterable, Sendable {
  case classifierA = "classifier-a"
  case classifierB = "classifier-b"
  case emodnn
  case discriminator = "emodnn-discriminator"

  /// The model of the size and for the emotions that a weight file tells, without weights.
  ///
  /// - Parameter path: The file, for the error.
  /// - Throws: ``WeightFiles/WeightError/unreadable(path:reason:)`` if it tells neither, or those of
  ///   another model.
  public func portable(
    _ metadata: [String: String], path: String
  ) throws(WeightError) -> PortableModel {
    let known = try EmotionMetadata(metadata, path: path)
    guard known.model == rawValue else {
      throw .unreadable(path: path, reason: "it is of \(known.model), not of \(rawValue)")
    }
    let (design, count) = (EmotionDesign.named(known.design), known.emotions.count)
    let pictures = (name: "pictures", shape: [1, design.channels, design.side, design.side])
    func model(
      _ module: some Module, inputs: [(name: String, shape: [Int])], output: String,
      _ run: @escaping ([Tensor]) -> Tensor
    ) -> PortableModel {
      let network = PortableNetwork(rawValue, inputs: inputs, outputs: [output]) { [run($0)] }
      return PortableModel(rawValue, module, networks: [network], metadata: known.entries)
    }
    switch self {
    case .classifierA:
      let network = ResidualClassifier(design, emotions: count)
      return model(network, inputs: [pictures], output: "logits") {
        network.logits($0[0], dropout: nil)
      }
    case .classifierB:
      let network = ConvolutionalClassifier(design, emotions: count)
      return model(network, inputs: [pictures], output: "logits") {
        network.logits($0[0], dropout: nil)
      }
    case .emodnn:
      let network = EmoDNN(design, emotions: count)
      return model(network, inputs: [pictures, ("emotions", [1, count])], output: "changed") {
        network($0[0], emotions: $0[1])
      }
    case .discriminator:
      let network = EmotionDiscriminator(design)
      return model(network, inputs: [pictures], output: "score") { network($0[0]) }
    }
  }
}
