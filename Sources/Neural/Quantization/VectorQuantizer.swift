public import Tensors

/// Replaces vectors by the nearest of a codebook, whose gradients pass as if nothing had been replaced.
///
/// Source: van den Oord, Vinyals & Kavukcuoglu 2017, arXiv:1711.00937, section 3.2.
public struct VectorQuantizer: Module {
  /// The codebook, `[codes, size]`.
  public let embedding: Parameter

  /// The vectors that were found, and how far they were.
  public struct Result {
    /// In the shape of the input, with its gradient.
    public let vectors: Tensor
    /// Of each vector, in the shape of the input without its last axis.
    public let codes: Indices
    /// The mean squared distance as the codebook sees it, which draws codes to vectors; 0 for a codebook of averages.
    public let codebookLoss: Tensor
    /// The mean squared distance as the input sees it, which draws vectors to codes: to be weighted by β.
    public let commitmentLoss: Tensor
  }

  /// Begins uniform between ±1 / codes.
  public init(codes: Int, size: Int) {
    embedding = Parameter([codes, size], .uniform(bound: 1 / Float(codes)))
  }

  /// - Parameter x: `[…, size]`.
  public func callAsFunction(_ x: Tensor) -> Result {
    let codes = nearest(x, in: embedding.value)
    let found = embedding.value.items(codes, axis: 0)
    let (towards, back) = (found - x.detached, x - found.detached)
    return Result(
      vectors: straightThrough(x, value: found), codes: codes,
      codebookLoss: (towards * towards).mean(), commitmentLoss: (back * back).mean())
  }

  /// The vectors of codes, along a new last axis.
  public func vectors(_ codes: Indices) -> Tensor {
    embedding.value.items(codes, axis: 0)
  }
}

/// ``VectorQuantizer`` whose codes are moving averages of the vectors that they replaced.
///
/// Source: van den Oord, Vinyals & Kavukcuoglu 2017, arXiv:1711.00937, appendix A.1, with counts smoothed after Laplace.
public struct AveragingVectorQuantizer: Module {
  /// The codebook, `[codes, size]`.
  public let embedding: Parameter
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// How often each code was found, `[codes]`, and the sum of what it replaced, as averages over time.
  public let ema_count, ema_weight: Parameter
  private let decay, smoothing: Float

  /// - Parameters:
  ///   - decay: What is kept of the averages at each step of training.
  ///   - smoothing: Added to each count.
  public init(codes: Int, size: Int, decay: Float = 0.999, smoothing: Float = 1e-5) {
    let initial = Parameter.Initial.uniform(bound: 1 / Float(codes))
    embedding = Parameter([codes, size], initial, role: .tracked)
    ema_count = Parameter([codes], .constant(1), role: .tracked)
    ema_weight = Parameter([codes, size], initial, role: .tracked)
    self.decay = decay
    self.smoothing = smoothing
  }

  /// Quantizes with the codes as they are; in training, those then move.
  ///
  /// - Parameter x: `[…, size]`.
  public func callAsFunction(_ x: Tensor) -> VectorQuantizer.Result {
    let codes = nearest(x, in: embedding.value)
    let found = embedding.value.items(codes, axis: 0)
    if BatchNorm.Mode.current == .batch { withoutRecording { move(x.detached, codes) } }
    let back = x - found
    return VectorQuantizer.Result(
      vectors: straightThrough(x, value: found), codes: codes,
      codebookLoss: Tensor(repeating: 0, shape: []), commitmentLoss: (back * back).mean())
  }

  private func move(_ x: Tensor, _ codes: Indices) {
    let count = embedding.shape[0]
    let ones = Tensor(repeating: 1, shape: [codes.values.count])
    let found = ones.added(to: codes.values, axis: 0, of: count)
    let counts = decay * ema_count.value + (1 - decay) * found
    let total = counts.sum()
    ema_count.value = (counts + smoothing) / (total + Float(count) * smoothing) * total
    let sums = x.reshaped([codes.values.count, embedding.shape[1]])
      .added(to: codes.values, axis: 0, of: count)
    ema_weight.value = decay * ema_weight.value + (1 - decay) * sums
    embedding.value = ema_weight.value / ema_count.value.reshaped([count, 1])
  }
}

/// For each vector the code that is nearest.
private func nearest(_ x: Tensor, in codebook: Tensor) -> Indices {
  withoutRecording {
    let size = codebook.shape[1]
    precondition(x.shape.last == size, "codes of \(size) numbers for \(x.shape)")
    let vectors = x.detached.reshaped([x.count / size, size])
    // The vector's own length is the same for all codes.
    let lengths = (codebook * codebook).sum(axes: [1], keepDims: false)
    let distances = lengths - 2 * matmul(vectors, codebook, transposingRight: true)
    return distances.argmin(axis: 1).reshaped(Array(x.shape.dropLast()))
  }
}
