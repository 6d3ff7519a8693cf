/// Which of the paper's two classifiers.
public enum ClassifierKind: String, CaseIterable, Sendable {
  /// Classifier A, which also trains EmoDNN: ``ResidualClassifier``.
  case residual = "classifier-a"
  /// Classifier B, which only judges: ``ConvolutionalClassifier``.
  case convolutional = "classifier-b"
}

/// How a classifier is trained.
public struct ClassifierSettings: Hashable, Sendable {
  public var kind: ClassifierKind
  public var epochs: Int
  public var batch: Int
  /// The step width, or the top of its cycle.
  public var rate: Float
  /// What the average of the weights keeps of itself per step.
  public var averaging: Float
  public var augmentation: Augmentation
  /// The power of the inverse frequency that weights classifier A's loss.
  ///
  /// The paper's 1 makes an emotion as rare as FER-2013's disgust, an eighth of the others, be seen
  /// in far too many faces.
  public var balance: Float = 0.5
  public var seed: UInt64 = 1

  /// The recipe of what ships.
  ///
  /// Classifier B has the paper's optimizer and batch, and more than its three epochs, which are of
  /// 287,651 faces.
  public init(_ kind: ClassifierKind) {
    self.kind = kind
    switch kind {
    case .residual:
      (epochs, batch, rate, averaging, augmentation) = (26, 64, 0.003, 0.998, .strong)
    case .convolutional:
      (epochs, batch, rate, averaging, augmentation) = (8, 16, 1e-4, 0.9995, .light)
    }
  }
}
