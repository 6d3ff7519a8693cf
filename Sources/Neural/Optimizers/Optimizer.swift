public import Kernels
public import Tensors
public import WeightFiles

/// How an optimizer moves one parameter.
public protocol UpdateRule: Sendable {
  /// What the rule is called in a checkpoint.
  static var name: String { get }
  /// The names of what it keeps beside each parameter, each of the parameter's size and 0 at first.
  static var moments: [String] { get }

  /// Moves `value` along its gradient and brings its moments up to date, in place.
  ///
  /// - Parameters:
  ///   - rate: The step width.
  ///   - count: Steps taken, this one included.
  func step(_ value: Buffer, moments: [Buffer], gradient: Buffer, rate: Float, count: Int)
}

/// Moves the trained parameters of a module along their gradients, step by step, as a rule says.
public final class Optimizer {
  /// Step width; may change between steps.
  public var rate: Float
  public let rule: any UpdateRule
  /// Steps taken.
  public private(set) var count = 0

  private let parameters: [(name: String, parameter: Parameter)]
  /// By parameter, then in the rule's order.
  private var moments: [[Tensor]]

  /// - Parameter parameters: What to train, by name; tracked ones are left alone.
  public init(
    _ rule: some UpdateRule, _ parameters: [(name: String, parameter: Parameter)], rate: Float
  ) {
    self.rule = rule
    self.rate = rate
    self.parameters = parameters.filter { $0.parameter.role == .trained }
    moments = self.parameters.map { _, parameter in
      type(of: rule).moments.map { _ in Tensor(repeating: 0, shape: parameter.shape) }
    }
  }

  /// Moves every parameter, in place.
  ///
  /// - Parameter gradients: One per trained parameter, in order.
  public func step(_ gradients: [Tensor]) {
    precondition(
      gradients.count == parameters.count,
      "\(gradients.count) gradients for \(parameters.count) parameters")
    count += 1
    for (index, gradient) in gradients.enumerated() {
      rule.step(
        parameters[index].parameter.value.buffer, moments: moments[index].map(\.buffer),
        gradient: gradient.plain.buffer, rate: rate, count: count)
    }
  }

  /// The moments by name, for a checkpoint: `RULE.MOMENT.PARAMETER`.
  public var state: [(name: String, tensor: Tensor)] {
    places.map { ($0.name, moments[$0.parameter][$0.moment]) }
  }

  /// Goes on from a checkpoint's moments, as if there had been no break.
  ///
  /// - Parameter count: The steps taken until then.
  /// - Throws: ``WeightFiles/WeightError`` if moments are missing or of another shape; nothing is changed then.
  public func restore(_ file: WeightFile, count: Int) throws(WeightError) {
    let details = mismatches(file)
    guard details.isEmpty else { throw .mismatch(path: file.path, details: details) }
    for place in places {
      if let moment = file[place.name] { moments[place.parameter][place.moment] = moment }
    }
    self.count = count
  }

  /// The moments that a checkpoint lacks, or has in another shape.
  func mismatches(_ file: WeightFile) -> [String] {
    let shapes = file.shapes
    return places.filter { shapes[$0.name] != parameters[$0.parameter].parameter.shape }
      .map { "\($0.name) is missing or of another shape" }
  }

  /// The name of each moment in a checkpoint and where it stands.
  private var places: [(name: String, parameter: Int, moment: Int)] {
    let kind = type(of: rule)
    return parameters.indices.flatMap { index in
      kind.moments.enumerated().map { moment, name in
        ("\(kind.name).\(name).\(parameters[index].name)", index, moment)
      }
    }
  }
}
