internal import Neural
public import Tensors
public import WeightFiles

/// A trained classifier.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct EmotionClassifier: @unchecked Sendable {
  public let kind: ClassifierKind
  public let design: EmotionDesign
  public let emotions: [Emotion]
  private let network: any ClassifierNetwork

  init(
    _ network: any ClassifierNetwork, kind: ClassifierKind, design: EmotionDesign,
    emotions: [Emotion]
  ) {
    self.network = network
    self.kind = kind
    self.design = design
    self.emotions = emotions
  }

  /// Reads a weight file that says which classifier it is of.
  public init(weightsPath path: String) throws(WeightError) {
    let file = try WeightFile(path: path)
    let metadata = try EmotionMetadata(file.metadata, path: path)
    guard let kind = ClassifierKind(rawValue: metadata.model) else {
      throw .unreadable(path: path, reason: "\(metadata.model) is no classifier of emotions")
    }
    let design = EmotionDesign.named(metadata.design)
    let count = metadata.emotions.count
    let network: any ClassifierNetwork =
      switch kind {
      case .residual: ResidualClassifier(design, emotions: count)
      case .convolutional: ConvolutionalClassifier(design, emotions: count)
      }
    try file.load(into: network)
    self.init(network, kind: kind, design: design, emotions: metadata.emotions)
  }

  /// Maps `[batch, channels, height, width]`, values 0…1, to `[batch, emotions]`.
  public func logits(_ pictures: Tensor) -> Tensor { network.logits(pictures, dropout: nil) }

  /// In how many ways a picture is looked at.
  public enum Views: Sendable {
    /// As it is.
    case one
    /// Whole and a little nearer, and both in a mirror: slower, and more often right.
    case several
  }

  /// The probability of each emotion, picture by picture: the mean over the views.
  public func probabilities(of pictures: Tensor, _ views: Views = .several) -> [[Float]] {
    withoutRecording {
      var seen = [pictures]
      if views == .several {
        seen.append(nearer(pictures))
        seen += seen.map { $0.flipped(axes: [3]) }
      }
      let shares = stacked(seen.map { softmax(logits($0), axis: 1) }, axis: 0)
      let values = shares.mean(axes: [0], keepDims: false).array
      return stride(from: 0, to: values.count, by: emotions.count).map {
        Array(values[$0..<$0 + emotions.count])
      }
    }
  }

  /// All but a sixteenth of the side at each border, enlarged.
  private func nearer(_ pictures: Tensor) -> Tensor {
    let border = design.side / 16
    let inner = border..<design.side - border
    return pictures.sliced(inner, axis: 2).sliced(inner, axis: 3)
      .resized(to: Extent(design.side), .bilinear(alignCorners: false))
  }

  /// What the faces of a set are taken for.
  public func confusion(over set: FaceSet, _ views: Views = .several) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(emotions)
    for start in stride(from: 0, to: set.faces.count, by: 64) {
      let indices = Array(start..<min(start + 64, set.faces.count))
      let found = probabilities(of: set.pictures(indices, side: design.side), views)
      for (index, shares) in zip(indices, found) {
        matrix.add(shown: set.faces[index].label, takenFor: likeliest(shares))
      }
    }
    return matrix
  }
}

/// Where the first of the largest values stands.
public func likeliest(_ shares: [Float]) -> Int {
  shares.indices.reduce(0) { shares[$1] > shares[$0] ? $1 : $0 }
}
