public import Tensors
internal import WeightFiles

/// A network in training: what moves it, and the running average of its weights.
public final class Learner {
  /// What stands before the names of its arrays in a checkpoint; empty for a task's only one.
  public let name: String
  public let optimizer: Optimizer
  private let rate: Float
  private let schedule: Schedule
  private let limit: Float
  private let trained: [Parameter]
  private let tracked: [Parameter]
  private let stored: [(name: String, parameter: Parameter)]
  private let moveAverage: ((_ share: Float) -> Void)?
  private let averaging: Float

  /// - Parameters:
  ///   - network: Initialized.
  ///   - rate: The full step width, of which each step takes the share that `schedule` says.
  ///   - limit: The largest Euclidean norm of the gradient; a longer one is shortened to it.
  ///   - average: A network of the same make, which becomes the exponential mean over the steps.
  ///   - averaging: The share that the mean keeps of itself at each step; at first it keeps less,
  ///     `(1 + steps) / (10 + steps)`.
  public init<Network: Module>(
    _ network: Network, name: String = "", _ rule: some UpdateRule, rate: Float,
    schedule: Schedule = .constant, clipping limit: Float = .infinity, average: Network? = nil,
    averaging: Float = 0.999
  ) {
    func named(_ module: Network) -> [(name: String, parameter: Parameter)] {
      name.isEmpty ? module.parameters : module.parameters(asProperty: name)
    }
    let own = named(network)
    self.name = name
    self.rate = rate
    self.schedule = schedule
    self.limit = limit
    self.averaging = averaging
    optimizer = Optimizer(rule, own, rate: rate)
    trained = own.map(\.parameter).filter { $0.role == .trained }
    tracked = own.map(\.parameter).filter { $0.role == .tracked }
    stored = own + (average.map(named) ?? []).map { ("average.\($0.name)", $0.parameter) }
    moveAverage = average.map { average in { average.move(towards: network, keeping: $0) } }
    startAverage()
  }

  /// Makes the average a copy of the network: after other weights were loaded into it.
  public func startAverage() { moveAverage?(0) }

  /// Moves the network against the gradient of a loss.
  ///
  /// - Returns: The norm that the gradient had before it was clipped.
  /// - Throws: If the loss or the norm is not finite; nothing has been moved then.
  @discardableResult
  public func minimize(_ loss: Tensor) throws(DivergedStep) -> Float {
    guard loss.scalar.isFinite else { throw DivergedStep() }
    return try follow(gradients(of: loss, with: trained.map(\.value)))
  }

  /// Moves the network against gradients that were found elsewhere, such as the sum over parts of a
  /// batch: one per trained parameter, in order.
  ///
  /// - Returns: The norm that they had before they were clipped.
  /// - Throws: If the norm is not finite; nothing has been moved then.
  @discardableResult
  public func follow(_ gradients: [Tensor]) throws(DivergedStep) -> Float {
    let found = clipped(gradients, norm: limit)
    guard found.norm.isFinite else { throw DivergedStep() }
    let before = optimizer.count
    optimizer.rate = rate * schedule(before)
    optimizer.step(found.gradients)
    moveAverage?(min(averaging, Float(before + 1) / Float(before + 10)))
    return found.norm
  }

  /// What layers keep of their own, such as running means, as it is now.
  var statistics: [Tensor] {
    get { tracked.map(\.value) }
    set {
      for (parameter, value) in zip(tracked, newValue) { parameter.value = value }
    }
  }

  /// Everything that goes into a checkpoint.
  var state: [(name: String, tensor: Tensor)] {
    stored.map { ($0.name, $0.parameter.value) } + optimizer.state
  }

  /// The name of the number of updates in a checkpoint.
  var countName: String { name.isEmpty ? "updates" : "updates.\(name)" }

  /// What a checkpoint lacks, or has in another shape.
  func mismatches(_ file: WeightFile) -> [String] {
    let shapes = file.shapes
    return optimizer.mismatches(file)
      + stored.filter { shapes[$0.name] != $0.parameter.shape }
      .map { "\($0.name) is missing or of another shape" }
  }

  /// Takes everything from a checkpoint that has no mismatches.
  func restore(_ file: WeightFile, count: Int) throws(WeightError) {
    try optimizer.restore(file, count: count)
    for (name, parameter) in stored {
      if let value = file[name] { parameter.value = value }
    }
  }
}
