internal import Kernels
public import Tensors

/// Adam, with decoupled weight decay where that is not 0.
///
/// Source: Kingma & Ba 2015, arXiv:1412.6980, algorithm 1; decay as Loshchilov & Hutter 2019,
/// arXiv:1711.05101.
public final class Adam {
  /// Step width; may change between steps.
  public var rate: Float
  public let betas: (Float, Float)
  public let epsilon: Float
  public let decay: Float
  /// Steps taken.
  public private(set) var count = 0

  private let parameters: [(name: String, parameter: Parameter)]
  private var first: [Tensor]
  private var second: [Tensor]

  /// - Parameter parameters: What to train, by name; tracked ones are left alone.
  public init(
    _ parameters: [(name: String, parameter: Parameter)], rate: Float,
    betas: (Float, Float) = (0.9, 0.999), epsilon: Float = 1e-8, decay: Float = 0
  ) {
    self.parameters = parameters.filter { $0.parameter.role == .trained }
    self.rate = rate
    self.betas = betas
    self.epsilon = epsilon
    self.decay = decay
    first = self.parameters.map { Tensor(repeating: 0, shape: $0.parameter.shape) }
    second = first.map { Tensor(repeating: 0, shape: $0.shape) }
  }

  /// Moves every parameter along its gradient, in place.
  ///
  /// - Parameter gradients: One per trained parameter, in order.
  public func step(_ gradients: [Tensor]) {
    precondition(
      gradients.count == parameters.count,
      "\(gradients.count) gradients for \(parameters.count) parameters")
    count += 1
    let corrections = (1 - power(betas.0), 1 - power(betas.1))
    for (index, gradient) in gradients.enumerated() {
      parameters[index].parameter.value.buffer.adamStep(
        first: first[index].buffer, second: second[index].buffer, gradient: gradient.plain.buffer,
        rate: rate, betas: betas, epsilon: epsilon, corrections: corrections, decay: decay)
    }
  }

  private func power(_ base: Float) -> Float {
    var result: Double = 1
    for _ in 0..<count { result *= Double(base) }
    return Float(result)
  }

  /// The moments by name, for a checkpoint.
  public var state: [(name: String, tensor: Tensor)] {
    parameters.indices.flatMap { index in
      [
        (name: "adam.first.\(parameters[index].name)", tensor: first[index]),
        (name: "adam.second.\(parameters[index].name)", tensor: second[index]),
      ]
    }
  }

  /// Goes on from a checkpoint's moments; what the file lacks begins at 0.
  public func restore(_ file: WeightFile, count: Int) {
    self.count = count
    for (index, (name, parameter)) in parameters.enumerated() {
      if let moment = file["adam.first.\(name)"], moment.shape == parameter.shape {
        first[index] = moment
      }
      if let moment = file["adam.second.\(name)"], moment.shape == parameter.shape {
        second[index] = moment
      }
    }
  }
}

/// Gradients scaled down so that their common Euclidean norm is at most `limit`, and the norm they
/// had.
public func clipped(_ gradients: [Tensor], norm limit: Float) -> (gradients: [Tensor], norm: Float)
{
  let gradients = gradients.map(\.plain)
  let norm = Float(gradients.reduce(0.0) { $0 + $1.buffer.dot($1.buffer) }.squareRoot())
  guard norm > limit else { return (gradients, norm) }
  return (gradients.map { $0 * (limit / norm) }, norm)
}
