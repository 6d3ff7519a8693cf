internal import Kernels

// What networks put between their layers. All are twice differentiable and keep the layout.

/// `max(0, x)`.
public func relu(_ x: Tensor) -> Tensor { x.mapped(.relu) }

/// `1 / (1 + e⁻ˣ)`.
public func sigmoid(_ x: Tensor) -> Tensor { x.mapped(.sigmoid) }

/// `ln(1 + eˣ)`, without overflow.
public func softplus(_ x: Tensor) -> Tensor { x.mapped(.softplus) }

public func tanh(_ x: Tensor) -> Tensor { x.mapped(.tanh) }

/// `x` where positive, else `slope · x`.
public func leakyReLU(_ x: Tensor, slope: Float = 0.01) -> Tensor {
  x.mapped(.leakyReLU(slope: slope))
}

/// `x` where positive, else `slope · x` with slopes that are learned.
///
/// Source: He et al. 2015, arXiv:1502.01852, equation 1.
///
/// - Parameters:
///   - x: `[batch, channels, …]`.
///   - slope: `[1]` or `[channels]`.
public func prelu(_ x: Tensor, slope: Tensor) -> Tensor {
  let channels = [slope.count] + Array(repeating: 1, count: x.shape.count - 2)
  guard let planes = x.planes, Trace.current == nil else {
    return relu(x) - slope.reshaped([1] + channels) * relu(-x)
  }
  let slopes = slope.count == 1 ? Array(repeating: slope.scalar, count: x.shape[1]) : slope.array
  let table = planes.table(slopes, channels: x.shape[1])
  if let result = x.continued(by: .prelu(slope: table)) { return result }
  return Tensor.recorded(
    planes.taken([.prelu(slope: table)], on: x.buffer), shape: x.shape, layout: x.layout,
    from: [x, slope]
  ) { upstream in
    guard !Recording.isOn else {
      let isPositive = x .> Tensor(repeating: 0, shape: [])
      let below = x * (1 - isPositive)
      return [
        upstream * (isPositive + slope.reshaped([1] + channels) * (1 - isPositive)),
        (upstream * below).summed(to: [1] + channels).reshaped(slope.shape),
      ]
    }
    let (back, sums) = planes.preluPullback(
      upstream.laid(as: x).buffer, of: x.buffer, slope: table, channels: x.shape[1])
    let slopes = slope.count == 1 ? [sums.reduce(0, +)] : sums
    return [
      Tensor(back, shape: x.shape, layout: x.layout),
      Tensor(slopes.map { Float($0) }, shape: slope.shape),
    ]
  }
}

/// `x` where positive, else `alpha · (eˣ − 1)`.
public func elu(_ x: Tensor, alpha: Float = 1) -> Tensor { x.mapped(.elu(alpha: alpha)) }

/// ``elu(_:alpha:)`` with the constants that keep mean 0 and variance 1.
///
/// Source: Klambauer et al. 2017, arXiv:1706.02515, equation 2.
public func selu(_ x: Tensor) -> Tensor { 1.050_701 * elu(x, alpha: 1.673_263_2) }

/// `x · Φ(x)`, Φ being the standard normal distribution function.
///
/// Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2.
public func gelu(_ x: Tensor) -> Tensor { x.mapped(.gelu) }

/// ``gelu(_:)`` with the hyperbolic tangent that is close to Φ.
public func geluByTanh(_ x: Tensor) -> Tensor { x.mapped(.geluByTanh) }

/// `x · sigmoid(x)`, also called swish.
public func silu(_ x: Tensor) -> Tensor { x.mapped(.silu) }

/// `x · tanh(softplus(x))`.
///
/// Source: Misra 2019, arXiv:1908.08681, equation 1.
public func mish(_ x: Tensor) -> Tensor { x.mapped(.mish) }

/// 0 below −3, 1 above 3, straight between.
public func hardSigmoid(_ x: Tensor) -> Tensor { x.mapped(.hardSigmoid) }

/// `x · hardSigmoid(x)`.
public func hardSwish(_ x: Tensor) -> Tensor { x.mapped(.hardSwish) }

/// The first half along an axis, as far as the second half lets it through.
///
/// Source: Dauphin et al. 2017, arXiv:1612.08083, equation 1.
public func glu(_ x: Tensor, axis: Int) -> Tensor {
  let halves = x.chunked(2, axis: axis)
  return halves[0] * sigmoid(halves[1])
}

/// `x + sin²(frequency · x) / magnitude`: a slope of 1 with a wave on it.
///
/// Source: Ziyin et al. 2020, arXiv:2006.08195, equation 3, where frequency and magnitude are one;
/// Lee et al. 2023, arXiv:2206.04658, section 3.2. As theirs, it adds 1e-9 to the magnitude.
///
/// - Parameters:
///   - x: `[batch, channels, …]`.
///   - frequency: `[channels]`.
///   - magnitude: `[channels]`; by default the frequency.
public func snake(_ x: Tensor, frequency: Tensor, magnitude: Tensor? = nil) -> Tensor {
  let channelwise = [1, frequency.count] + Array(repeating: 1, count: x.shape.count - 2)
  let wave = sin(x * frequency.reshaped(channelwise))
  let scale = Tensor(repeating: 1, shape: []) / ((magnitude ?? frequency) + 1e-9)
  return x + wave * wave * scale.reshaped(channelwise)
}
