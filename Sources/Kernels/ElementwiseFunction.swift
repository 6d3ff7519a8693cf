internal import CKernels

/// A function of one number that the engine knows with its first and second derivatives.
public enum ElementwiseFunction: Hashable, Sendable {
  case relu, exp, tanh, sigmoid, softplus, sine, cosine, squareRoot, absolute, floor, round
  case leakyReLU(slope: Float)
  case elu(alpha: Float)
  /// `x` times the sigmoid of x.
  case silu
  /// `x` times the standard normal distribution function of x.
  case gelu
  /// ``gelu`` with that function made of a hyperbolic tangent.
  case geluByTanh
  case mish, hardSigmoid, hardSwish

  /// The function's constant.
  private var constant: Float {
    switch self {
    case .leakyReLU(let slope): slope
    case .elu(let alpha): alpha
    default: 0
    }
  }

  private typealias Kernel = (
    UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, Float, Int32, Int
  ) -> Void

  private var kernel: Kernel {
    switch self {
    case .relu: ck_relu
    case .exp: ck_exp
    case .tanh: ck_tanh
    case .sigmoid: ck_sigmoid
    case .softplus: ck_softplus
    case .sine: ck_sine
    case .cosine: ck_cosine
    case .squareRoot: ck_sqrt
    case .absolute: ck_abs
    case .floor: ck_floor
    case .round: ck_round
    case .leakyReLU: ck_leaky_relu
    case .elu: ck_elu
    case .silu: ck_silu
    case .gelu: ck_gelu
    case .geluByTanh: ck_gelu_tanh
    case .mish: ck_mish
    case .hardSigmoid: ck_hard_sigmoid
    case .hardSwish: ck_hard_swish
    }
  }

  /// The function of each element.
  ///
  /// - Parameters:
  ///   - order: 0 for the function, 1 and 2 for its derivatives.
  ///   - upstream: What a derivative is multiplied by.
  public func callAsFunction(_ x: Buffer, derivative order: Int = 0, times upstream: Buffer? = nil)
    -> Buffer
  {
    precondition(0...2 ~= order, "derivative \(order) of \(self)")
    precondition(
      upstream.map { $0.count == x.count && order > 0 } ?? true,
      "\(self) of \(x.count) floats times \(upstream?.count ?? 0)")
    let result = Buffer(count: x.count)
    let (kernel, constant) = (kernel, constant)
    parallelRuns(x.count) { start, length in
      kernel(
        result.pointer + start, x.pointer + start,
        upstream.map { UnsafePointer($0.pointer + start) },
        constant, Int32(order), length)
    }
    return result
  }

  /// Replaces floats by the function of each.
  func apply(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    kernel(x, x, nil, constant, 0, count)
  }
}
