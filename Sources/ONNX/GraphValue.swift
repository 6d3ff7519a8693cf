public import Tensors

/// What flows along an edge of a graph.
public enum GraphValue {
  case numbers(Tensor)
  /// Whole numbers of any width: shapes, axes, indices.
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
    case .integers: .integers(tensor.integers)
    }
  }

  /// The same values elsewhere; whole numbers of any size stay exact.
  ///
  /// - Parameter move: Neither changes values nor makes any.
  func moved<Failure: Error>(
    _ move: (Tensor) throws(Failure) -> Tensor
  ) throws(Failure) -> GraphValue {
    guard case .integers(let integers) = self else { return with(try move(tensor)) }
    let places = Tensor(integers.values.indices.map { Float($0) }, shape: integers.shape)
    let moved = try move(places)
    return .integers(
      Indices(moved.array.map { integers.values[Int($0)] }, shape: moved.shape))
  }
}

extension Tensor {
  /// Without what is behind the point; the nearest `Int` where there is none.
  var integers: Indices {
    let limit = Float(Int.max)
    return Indices(
      array.map { value in
        if value.isNaN { return 0 }
        return value >= limit ? Int.max : value <= -limit ? Int.min : Int(value)
      }, shape: shape)
  }

  /// A function of each element that the engine has no kernel for.
  func transformed(_ function: (Double) -> Double) -> Tensor {
    Tensor(array.map { Float(function(Double($0))) }, shape: shape)
  }

  /// A constant of one value and no axes.
  static func single(_ value: Float) -> Tensor { Tensor([value], shape: []) }
}

extension Indices {
  func mapped(_ function: (Int) -> Int) -> Indices { Indices(values.map(function), shape: shape) }

  /// A function of each two elements of arrays that broadcast.
  func joined(_ other: Indices, _ function: (Int, Int) -> Int) -> Indices {
    func spread(_ indices: Indices, as other: Indices) -> Indices {
      let both = GraphValue.integers(indices).moved {
        $0 + Tensor(repeating: 0, shape: other.shape)
      }
      guard case .integers(let spread) = both else { return indices }
      return spread
    }
    let (left, right) = (spread(self, as: other), spread(other, as: self))
    return Indices(zip(left.values, right.values).map(function), shape: left.shape)
  }
}
