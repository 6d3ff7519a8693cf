internal import Foundation
public import Tensors

/// What heads add for how far a key is from a query: a number for each head and bucket of distances, near ones finer.
///
/// Source: Raffel et al. 2020, arXiv:1910.10683, section 2.1, whose bidirectional buckets these are; Chen et al. 2022,
/// arXiv:2110.13900, section 3.1.
public struct RelativePositionBuckets: Module {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let relative_attention_bias: Embedding
  private let buckets, farthest: Int

  /// - Parameters:
  ///   - buckets: Half of them for keys after the query.
  ///   - farthest: The distance from which on all share one.
  public init(heads: Int, buckets: Int = 320, farthest: Int = 800) {
    relative_attention_bias = Embedding(buckets, heads)
    self.buckets = buckets
    self.farthest = farthest
  }

  /// `[heads, queries, keys]`.
  public func callAsFunction(queries: Int, keys: Int) -> Tensor {
    // Each distance once, then rows of them: row r begins `queries − 1 − r` further on.
    let distances = (1 - queries..<keys).map { bucket($0) }
    let values = relative_attention_bias(Indices(distances, shape: [distances.count]))
      .transposed(0, 1)
    let rows = (0..<queries).map { row in
      values.sliced(queries - 1 - row..<queries - 1 - row + keys, axis: 1)
    }
    return stacked(rows, axis: 1)
  }

  private func bucket(_ distance: Int) -> Int {
    let half = buckets / 2
    let (size, exact) = (abs(distance), half / 2)
    let start = distance > 0 ? half : 0
    guard size >= exact else { return start + size }
    let share =
      Foundation.log(Float(size) / Float(exact))
      / Float(Foundation.log(Double(farthest) / Double(exact)))
    return start + min(exact + Int(share * Float(half - exact)), half - 1)
  }
}

/// Attention of a sequence to itself that adds to each product a number for the distance, which gates made of the query
/// weaken or strengthen: WavLM's.
///
/// Source: Chen et al. 2022, arXiv:2110.13900, section 3.1; parameters as in the authors' code.
public struct GatedRelativeAttention: Module {
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let q_proj, k_proj, v_proj, out_proj: Linear
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let grep_linear: Linear
  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let grep_a: Parameter
  private let heads: Int

  public init(_ width: Int, heads: Int) {
    precondition(width % heads == 0, "\(heads) heads in \(width) numbers")
    q_proj = Linear(width, width)
    k_proj = Linear(width, width)
    v_proj = Linear(width, width)
    out_proj = Linear(width, width)
    grep_linear = Linear(width / heads, 8)
    grep_a = Parameter([1, heads, 1, 1], .constant(1))
    self.heads = heads
  }

  /// Maps `[batch, places, width]` to the same.
  ///
  /// - Parameters:
  ///   - positions: Of ``RelativePositionBuckets``, which the layers of a network share.
  ///   - mask: Broadcasts to `[batch, heads, queries, keys]`; see ``AttentionMask``.
  public func callAsFunction(_ x: Tensor, positions: Tensor, mask: Tensor? = nil) -> Tensor {
    let (batch, places) = (x.shape[0], x.shape[1])
    let parts = x.reshaped([batch, places, heads, x.shape[2] / heads]).permuted([0, 2, 1, 3])
    let sums = grep_linear(parts).reshaped([batch, heads, places, 2, 4])
      .sum(axes: [4], keepDims: false)
    let gates = sigmoid(sums).chunked(2, axis: 3)
    let gate = gates[0] * (gates[1] * grep_a.value - 1) + 2
    let bias = gate * positions
    let taken = attention(
      q_proj(x), k_proj(x), v_proj(x), heads: heads, bias: mask.map { bias + $0 } ?? bias)
    return out_proj(taken)
  }
}
