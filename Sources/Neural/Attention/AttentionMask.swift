public import Tensors

/// Which keys queries do not see, as numbers to add before a softmax: 0, or −∞.
public enum AttentionMask {
  /// Hides what comes after a query: `[places, places]`.
  public static func causal(_ places: Int) -> Tensor {
    let values = (0..<places * places).map { index -> Float in
      index % places > index / places ? -.infinity : 0
    }
    return Tensor(values, shape: [places, places])
  }

  /// Hides what comes after the end of each item: `[batch, 1, 1, places]`.
  public static func lengths(_ lengths: [Int], places: Int) -> Tensor {
    let values = lengths.flatMap { length in
      (0..<places).map { $0 < length ? Float(0) : -.infinity }
    }
    return Tensor(values, shape: [lengths.count, 1, 1, places])
  }
}
