internal import Neural
public import Tensors
public import WeightFiles

/// A trained EmoDNN.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct EmotionChanger: @unchecked Sendable {
  public let design: EmotionDesign
  public let emotions: [Emotion]
  private let network: EmoDNN

  /// Reads a weight file of EmoDNN.
  public init(weightsPath path: String) throws(WeightError) {
    let file = try WeightFile(path: path)
    let metadata = try EmotionMetadata(file.metadata, path: path)
    guard metadata.model == EmotionTrainer.model else {
      throw .unreadable(path: path, reason: "\(metadata.model) changes no emotions")
    }
    design = EmotionDesign.named(metadata.design)
    emotions = metadata.emotions
    network = EmoDNN(design, emotions: emotions.count)
    try file.load(into: network)
  }

  /// Faces with other emotions.
  ///
  /// - Parameters:
  ///   - pictures: `[batch, channels, height, width]`, values 0…1; any size, but trained at the
  ///     design's.
  ///   - wanted: One emotion per picture, by its place in ``emotions``.
  /// - Returns: The same shape, values 0…1.
  public func callAsFunction(_ pictures: Tensor, wanted: [Int]) -> Tensor {
    withoutRecording {
      clamped(network(pictures, emotions: oneHot(wanted, of: emotions.count)), 0...1)
    }
  }
}

/// `[items, classes]`: 1 at each item's class, else 0.
func oneHot(_ labels: [Int], of classes: Int) -> Tensor {
  var values = [Float](repeating: 0, count: labels.count * classes)
  for (item, label) in labels.enumerated() { values[item * classes + label] = 1 }
  return Tensor(values, shape: [labels.count, classes])
}
