internal import Foundation
internal import Tensors

// Operators that bring elements to a mean, a variance or a length.

extension OperatorCall {
  func normalization() throws(ONNXError) -> [GraphValue]? {
    switch name {
    case "BatchNormalization": return try batchNormalized()
    case "InstanceNormalization":
      let x = try tensor(0, rank: 3...8)
      let normalized = x.deviations(over: Array(2..<x.shape.count), epsilon: float("epsilon", 1e-5))
      return [.numbers(try scaled(normalized.quotient))]
    case "GroupNormalization": return [.numbers(try groupNormalized())]
    case "LayerNormalization": return try layerNormalized()
    case "RMSNormalization":
      let x = try tensor(0)
      let axes = try lastAxes(x)
      let squares = (x * x).mean(axes: axes) + float("epsilon", 1e-5)
      return [.numbers(x / sqrt(squares) * (try tensor(1)))]
    case "MeanVarianceNormalization":
      let x = try tensor(0)
      let axes = try (integers("axes") ?? [0, 2, 3]).map { axis throws(ONNXError) in
        try self.axis(axis, rank: x.shape.count)
      }
      let centred = x - x.mean(axes: axes)
      return [.numbers(centred / (sqrt((centred * centred).mean(axes: axes)) + 1e-9))]
    case "LpNormalization":
      let x = try tensor(0)
      let axis = try axis(integer("axis", -1), rank: x.shape.count)
      let length =
        integer("p", 2) == 1 ? abs(x).sum(axes: [axis]) : x.norm(axes: [axis])
      return [.numbers(x / length)]
    case "LRN": return [.numbers(try comparedWithNeighbours())]
    case "Dropout":
      let x = try value(0)
      let isTraining = optional(2)?.tensor.array.first ?? 0 != 0
      let ratio = optional(1)?.tensor.array.first ?? float("ratio", 0.5)
      guard !isTraining || ratio == 0 else { throw unsupported("training, which is random") }
      let mask = GraphValue.booleans(Tensor(repeating: 1, shape: x.shape))
      return Array([x, mask].prefix(outputCount))
    default: return nil
    }
  }

  private func lastAxes(_ x: Tensor) throws(ONNXError) -> [Int] {
    Array(try axis(integer("axis", -1), rank: x.shape.count)..<x.shape.count)
  }

  private func layerNormalized() throws(ONNXError) -> [GraphValue] {
    let x = try tensor(0)
    let axes = try lastAxes(x)
    let deviations = x.deviations(over: axes, epsilon: float("epsilon", 1e-5))
    let scaled = deviations.quotient * (try tensor(1))
    let shifted = try optional(2) == nil ? scaled : scaled + tensor(2)
    let all = [shifted, deviations.mean, .single(1) / deviations.deviation]
    return all.prefix(outputCount).map(GraphValue.numbers)
  }

  private func batchNormalized() throws(ONNXError) -> [GraphValue] {
    let x = try tensor(0, rank: 2...8)
    var (mean, variance) = (try tensor(3), try tensor(4))
    guard flag("training_mode") else {
      let quotient =
        (x - x.channelwise(mean))
        / sqrt(
          x.channelwise(variance) + float("epsilon", 1e-5))
      return [.numbers(try scaled(quotient))]
    }
    let axes = [0] + Array(2..<x.shape.count)
    let (found, spread) = (x.mean(axes: axes), x.variance(axes: axes, correction: 0))
    let momentum = float("momentum", 0.9)
    mean = momentum * mean + (1 - momentum) * found.reshaped(mean.shape)
    variance = momentum * variance + (1 - momentum) * spread.reshaped(variance.shape)
    let normalized = try scaled((x - found) / sqrt(spread + float("epsilon", 1e-5)))
    return [normalized, mean, variance].prefix(outputCount).map(GraphValue.numbers)
  }

  private func groupNormalized() throws(ONNXError) -> Tensor {
    let x = try tensor(0, rank: 3...8)
    let groups = integer("num_groups", 1)
    guard x.shape[1] % max(groups, 1) == 0 else { throw unsupported("\(groups) groups") }
    let grouped = x.reshaped([x.shape[0], groups, x.count / x.shape[0] / groups])
    let normalized = grouped.deviations(over: [2], epsilon: float("epsilon", 1e-5)).quotient
      .reshaped(x.shape)
    // Versions below 21 have a scale and a shift for each group.
    let size = x.shape[1] / groups
    let factors = try [1, 2].map { index throws(ONNXError) in
      let factor = try tensor(index)
      return factor.count == x.shape[1]
        ? factor : factor.items((0..<x.shape[1]).map { $0 / size }, axis: 0)
    }
    return normalized * x.channelwise(factors[0]) + x.channelwise(factors[1])
  }

  /// Scale and shift per channel, which are inputs 1 and 2.
  private func scaled(_ x: Tensor) throws(ONNXError) -> Tensor {
    x * x.channelwise(try tensor(1)) + x.channelwise(try tensor(2))
  }

  /// Divided by a power of the mean square of some channels around each.
  private func comparedWithNeighbours() throws(ONNXError) -> Tensor {
    let x = try tensor(0, rank: 3...8)
    let size = integer("size", 1)
    let squares = try (x * x).padded(
      before: (size - 1) / 2, after: size / 2, axis: 1, by: "constant", filling: 0)
    let sum = (1..<size).reduce(squares.sliced(0..<x.shape[1], axis: 1)) {
      $0 + squares.sliced($1..<$1 + x.shape[1], axis: 1)
    }
    let base = sum * (float("alpha", 1e-4) / Float(size)) + float("bias", 1)
    return x / power(base, float("beta", 0.75))
  }
}

extension Tensor {
  /// Values per channel in a shape that broadcasts to the tensor's.
  fileprivate func channelwise(_ values: Tensor) -> Tensor {
    values.reshaped([values.count] + Array(repeating: 1, count: Swift.max(0, shape.count - 2)))
  }

  /// What the mean is taken from, divided by the standard deviation, and both.
  fileprivate func deviations(
    over axes: [Int], epsilon: Float
  ) -> (quotient: Tensor, mean: Tensor, deviation: Tensor) {
    let mean = mean(axes: axes)
    let centred = self - mean
    let deviation = sqrt((centred * centred).mean(axes: axes) + epsilon)
    return (centred / deviation, mean, deviation)
  }
}
