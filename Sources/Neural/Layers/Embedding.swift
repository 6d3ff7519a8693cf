public import Tensors

/// A learned vector for each of a number of symbols.
///
/// Begins as PyTorch's does: standard normal.
public struct Embedding: Module {
  /// `[count, size]`.
  public let weight: Parameter

  public init(_ count: Int, _ size: Int) {
    weight = Parameter([count, size], .normal(deviation: 1))
  }

  /// Maps symbols of any shape to their vectors, along a new last axis.
  public func callAsFunction(_ symbols: Indices) -> Tensor {
    weight.value.items(symbols, axis: 0)
  }
}
