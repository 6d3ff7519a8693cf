public import Tensors

/// What flows along an edge of a graph.
public enum GraphValue {
  case numbers(Tensor)
  /// Whole numbers of any width: shapes, axes, indices. Arithmetic keeps 24 bits of them.
  case integers(Indices)
  /// 1 for true, 0 for false.
  case booleans(Tensor)

  public var shape: [Int] {
    switch self {
    case .numbers(let tensor), .booleans(let tensor): tensor.shape
    case .integers(let integers): integers.shape
    }
  }

  /// The values as numbers, whatever they are.
  public var tensor: Tensor {
    switch self {
    case .numbers(let tensor), .booleans(let tensor): tensor
    case .integers(let integers):
      Tensor(integers.values.map { Float($0) }, shape: integers.shape)
    }
  }

  /// Another tensor of the same kind; where that is integers, without what is behind the point.
  func with(_ tensor: Tensor) -> GraphValue {
    switch self {
    case .numbers: .numbers(tensor)
    case .booleans: .booleans(tensor)
    case .integers:
      .integers(
        Indices(
          tensor.array.map { Int(exactly: $0.rounded(.towardZero)) ?? 0 }, shape: tensor.shape))
    }
  }
}
