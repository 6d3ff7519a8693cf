/// How EmoDNN is trained.
public struct EmotionSettings: Hashable, Sendable {
  public var epochs = 30
  public var batch = 64
  public var rate: Float = 4e-4
  public var discriminatorRate: Float = 8e-4
  /// The share of faces whose own emotion is asked for, which alone are held to the picture given.
  public var sameShare: Float = 0.25
  /// Weights of equations 6, 7 and 8 in equation 9.
  public var adversarialWeight: Float = 2
  public var classificationWeight: Float = 1
  public var reconstructionWeight: Float = 20
  /// Of the mean absolute difference between what is made and what was given, whatever was asked.
  public var changeWeight: Float = 3
  /// What the average of EmoDNN's weights keeps of itself per step.
  public var averaging: Float = 0.998
  public var seed: UInt64 = 1

  public init() {}
}
