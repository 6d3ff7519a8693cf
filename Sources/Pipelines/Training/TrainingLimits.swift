/// How long a training run goes on, and how often it writes and measures.
public struct TrainingLimits: Sendable {
  /// Steps in all, those before a break included.
  public var steps: Int
  /// Ends this part of the run early.
  public var minutes: Double?
  /// How many validations in a row may bring nothing better.
  public var patience: Int?
  /// Steps from one validation to the next; `nil` for none.
  public var validationInterval: Int?
  /// Steps from one checkpoint to the next.
  public var checkpointInterval = 100

  public init(steps: Int) { self.steps = steps }
}
