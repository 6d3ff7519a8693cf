internal import Foundation
public import Tensors

/// Attention of a sequence to itself that also compares queries with encodings of distances: that of Transformer-XL and
/// the Conformer.
///
/// Source: Dai et al. 2019, arXiv:1901.02860, section 3.3; parameters as ESPnet's.
public struct RelativeAttention: Module {
  /// Which distances the encodings are of.
  public enum Span: Sendable {
    /// From `places − 1` ahead to as many behind: `[2 · places − 1, width]`.
    case both
    /// From `places − 1` to 0, keys after the query taking what is left over, as ESPnet did at first.
    case legacy
  }

  // swift-format-ignore: AlwaysUseLowerCamelCase
  public let linear_q, linear_k, linear_v, linear_out, linear_pos: Linear
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// What is added to queries before they meet keys and distances, `[heads, size]`.
  public let pos_bias_u, pos_bias_v: Parameter
  private let heads, width: Int
  private let span: Span

  public init(_ width: Int, heads: Int, span: Span = .both) {
    precondition(width % heads == 0, "\(heads) heads in \(width) numbers")
    linear_q = Linear(width, width)
    linear_k = Linear(width, width)
    linear_v = Linear(width, width)
    linear_out = Linear(width, width)
    linear_pos = Linear(width, width, bias: false)
    let bound = (6 / Float(heads + width / heads)).squareRoot()
    pos_bias_u = Parameter([heads, width / heads], .uniform(bound: bound))
    pos_bias_v = Parameter([heads, width / heads], .uniform(bound: bound))
    self.heads = heads
    self.width = width
    self.span = span
  }

  /// Maps `[batch, places, width]` to the same.
  ///
  /// - Parameters:
  ///   - positions: Encodings of distances in the order of the span, `[distances, width]`; see
  ///     ``distances(_:width:span:)``.
  ///   - mask: Broadcasts to `[batch, heads, queries, keys]`; see ``AttentionMask``.
  public func callAsFunction(_ x: Tensor, positions: Tensor, mask: Tensor? = nil) -> Tensor {
    let (batch, places, size) = (x.shape[0], x.shape[1], width / heads)
    let distances = positions.shape[0]
    precondition(
      distances == (span == .both ? 2 * places - 1 : places),
      "\(distances) distances for \(places) places")
    let query = linear_q(x)
    let scale = 1 / Float(size).squareRoot()
    let toDistances = (query + pos_bias_v.value.reshaped([width]))
      .reshaped([batch, places, heads, size]).permuted([0, 2, 1, 3])
    let encodings = linear_pos(positions).reshaped([distances, heads, size])
      .permuted([1, 0, 2])
    let products = matmul(toDistances, encodings, transposingRight: true)
    let bias = shifted(products, keys: places) * scale
    let taken = attention(
      query + pos_bias_u.value.reshaped([width]), linear_k(x), linear_v(x), heads: heads,
      scale: scale, bias: mask.map { bias + $0 } ?? bias)
    return linear_out(taken)
  }

  /// `[…, queries, distances]` with each row moved so that column k is the distance to key k.
  private func shifted(_ products: Tensor, keys: Int) -> Tensor {
    let shape = products.shape
    let (queries, distances) = (shape[2], shape[3])
    let moved = products.padded(before: 1, after: 0, axis: 3)
      .reshaped([shape[0], shape[1], distances + 1, queries])
      .sliced(1..<distances + 1, axis: 2).reshaped(shape)
    return distances == keys ? moved : moved.sliced(0..<keys, axis: 3)
  }

  /// Sines and cosines of distances in turn, `[distances, width]`, in the order of a span.
  public static func distances(_ places: Int, width: Int, span: Span = .both) -> Tensor {
    let order = (span == .both ? 1 - places..<places : 0..<places).reversed()
    let values = order.flatMap { distance in
      (0..<width).map { index -> Float in
        let rate = Foundation.exp(-Double(index / 2 * 2) / Double(width) * Foundation.log(10_000))
        let angle = Double(distance) * rate
        return Float(index % 2 == 0 ? Foundation.sin(angle) : Foundation.cos(angle))
      }
    }
    return Tensor(values, shape: [order.count, width])
  }
}
