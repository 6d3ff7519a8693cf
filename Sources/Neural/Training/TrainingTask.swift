/// What a training loop trains: networks, how a step is taken, and what is told of it.
///
/// Everything random in a step must follow from its number and the task's settings, and everything
/// that a step leaves behind must stand in ``learners`` or ``notes``. A run then goes the same way
/// each time, bit for bit, broken off and resumed or not.
public protocol TrainingTask: AnyObject {
  /// The name of what is trained; a checkpoint of another is refused.
  var model: String { get }
  /// The networks in training, each with its optimizer, under different names.
  var learners: [Learner] { get }
  /// What else a checkpoint keeps.
  ///
  /// The names `model`, `step`, `skipped`, `best`, and those that begin with `updates` are taken.
  var notes: [String: String] { get set }
  /// The curves that are drawn of a run; their means are told while it goes on.
  var curves: [TrainingCurve] { get }

  /// Takes a step.
  ///
  /// - Parameter number: Steps before, those passed over included.
  /// - Throws: ``DivergedStep``, which passes over the step; anything else ends the run.
  func step(_ number: Int) throws -> TrainingRecord

  /// How good the networks are on what they are not trained on; `nil` if nothing measures that.
  ///
  /// Must change nothing that a step depends on.
  func validation() throws -> Validation?

  /// Writes what a run is for: the weights that ship.
  func writeWeights(into folder: String) throws
}

extension TrainingTask {
  public var notes: [String: String] {
    get { [:] }
    set {}
  }
  public var curves: [TrainingCurve] { [TrainingCurve("loss", label: "loss")] }
  public func validation() throws -> Validation? { nil }
}

/// What a step leaves in the log.
public struct TrainingRecord: Sendable {
  /// The same names in the same order at each step.
  public let figures: [(name: String, value: Float)]
  /// A last column of text.
  public let remark: (name: String, text: String)?

  public init(
    _ figures: KeyValuePairs<String, Float>, remark: (name: String, text: String)? = nil
  ) {
    self.figures = figures.map { ($0.key, $0.value) }
    self.remark = remark
  }
}

/// What a validation found.
public struct Validation: Sendable {
  /// What decides whether the networks got better; more is better.
  public let score: Float
  /// The same names in the same order each time.
  public let figures: [(name: String, value: Float)]

  public init(score: Float, _ figures: KeyValuePairs<String, Float>) {
    self.score = score
    self.figures = figures.map { ($0.key, $0.value) }
  }
}

/// A figure of a run as a curve over its steps.
public struct TrainingCurve: Sendable {
  public enum Source: Sendable {
    case steps, validations
  }

  /// The name of the figure.
  public let figure: String
  public let source: Source
  public let label: String
  /// What the figure is multiplied by to be what the label says, such as 100 for percent.
  public let scale: Float

  public init(_ figure: String, of source: Source = .steps, label: String, scale: Float = 1) {
    self.figure = figure
    self.source = source
    self.label = label
    self.scale = scale
  }
}

/// A step whose loss or gradient is not finite: nothing was moved along it.
public struct DivergedStep: Error {
  public init() {}
}
