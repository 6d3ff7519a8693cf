internal import Tensors

/// A weight divided by its largest singular value.
///
/// The weight is seen as a matrix with a row per output channel. In training, each run first
/// improves the singular vectors by one step of the power method; to the gradient they are
/// constants. Before that they are random.
struct SpectralNorm: Module {
  private let original, left, right: Parameter
  private let names: Reparametrization.Names
  /// The shapes of both vectors as they broadcast to the weight.
  private let leftShape, rightShape: [Int]

  /// - Parameter axis: The axis of the output's channels.
  init(_ original: Parameter, axis: Int, _ names: Reparametrization.Names) {
    self.original = original
    self.names = names
    var (leftShape, rightShape) = (original.shape.map { _ in 1 }, original.shape)
    swap(&leftShape[axis], &rightShape[axis])
    (self.leftShape, self.rightShape) = (leftShape, rightShape)
    func unit(_ shape: [Int]) -> Parameter {
      let count = shape.reduce(1, *)
      return Parameter(
        [count], .normal(deviation: 1 / Float(count).squareRoot()), role: .tracked,
        isAveraged: false)
    }
    (left, right) = (unit(leftShape), unit(rightShape))
  }

  func callAsFunction() -> Tensor {
    if BatchNorm.Mode.current == .batch { withoutRecording(improve) }
    let weight = original.value
    let largest = weight * (left.value.reshaped(leftShape) * right.value.reshaped(rightShape))
    return weight / largest.sum()
  }

  /// One step; which vector goes first differs between PyTorch's two forms.
  private func improve() {
    let weight = original.value
    func improveLeft() {
      let found = (weight * right.value.reshaped(rightShape)).summed(to: leftShape)
      left.value = normalized(found).reshaped(left.shape)
    }
    func improveRight() {
      let found = (weight * left.value.reshaped(leftShape)).summed(to: rightShape)
      right.value = normalized(found).reshaped(right.shape)
    }
    switch names {
    case .parametrizations:
      improveLeft()
      improveRight()
    case .suffixes:
      improveRight()
      improveLeft()
    }
  }

  private func normalized(_ x: Tensor) -> Tensor {
    x / max((x * x).sum().scalar.squareRoot(), 1e-12)
  }

  func parameters(asProperty name: String) -> [(name: String, parameter: Parameter)] {
    switch names {
    case .suffixes: [("\(name)_orig", original), ("\(name)_u", left), ("\(name)_v", right)]
    case .parametrizations:
      [
        ("parametrizations.\(name).original", original),
        ("parametrizations.\(name).0._u", left), ("parametrizations.\(name).0._v", right),
      ]
    }
  }
}
