public import Tensors

/// A constant of reproducible values in −1 ..< 1.
public func randomTensor(_ name: String, _ shape: [Int]) -> Tensor {
  Tensor(hashUniform(name, count: shape.reduce(1, *)).map { Float($0) }, shape: shape)
}

/// The scalar product of two tensors of one shape, in double precision.
public func dot(_ a: Tensor, _ b: Tensor) -> Double {
  precondition(a.shape == b.shape, "the scalar product of \(a.shape) and \(b.shape)")
  return zip(a.array, b.array).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
