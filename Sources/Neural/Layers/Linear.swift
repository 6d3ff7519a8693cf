public import Tensors

/// A linear map of the last axis.
///
/// Begins as PyTorch's does: uniform between ±1 / √input.
public struct Linear: Module {
  public let weight: Weight
  public let bias: Parameter?

  public init(
    _ input: Int, _ output: Int, bias hasBias: Bool = true,
    reparametrization: Reparametrization = .none
  ) {
    let bound = 1 / Float(input).squareRoot()
    weight = Weight([output, input], .uniform(bound: bound), reparametrization)
    bias = hasBias ? Parameter([output], .uniform(bound: bound)) : nil
  }

  /// Maps `[…, input]` to `[…, output]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    linear(x, weight: weight(), bias: bias?.value)
  }
}
