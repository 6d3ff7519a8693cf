import Tensors
import Testing

/// A computation with the shapes it is given.
struct Computation: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  let run: @Sendable ([Tensor]) -> Tensor

  init(_ name: String, _ shapes: [Int]..., run: @escaping @Sendable ([Tensor]) -> Tensor) {
    self.name = name
    self.shapes = shapes
    self.run = run
  }

  var testDescription: String { name }

  static var all: [Computation] { arrays + planes + layers + networks }

  /// Arithmetic, activations, products and axes.
  static let arrays: [Computation] = [
    Computation("sum of products", [2, 3], [3]) { $0[0] * $0[1] + $0[0] - $0[1] / ($0[0] + 3) },
    Computation("extremes", [2, 3], [1, 3]) { maximum($0[0], minimum($0[1], 0.3 * $0[0])) },
    Computation("scale and shift", [5]) { 2 * $0[0] - 0.5 },
    Computation("roots and powers", [2, 3]) {
      power($0[0] + 2, 1.5) + log($0[0] + 2) + sqrt($0[0] + 1)
    },
    Computation("clamping", [7]) { clamped($0[0], -0.25...0.5) },
    Computation("waves", [4]) { sin($0[0]) * cos(3 * $0[0]) + floor(4 * $0[0]) + round(5 * $0[0]) },
    Computation("gentle activations", [9]) {
      gelu($0[0]) + geluByTanh(2 * $0[0]) + silu($0[0]) + mish($0[0]) + softplus($0[0])
    },
    Computation("sharp activations", [9]) {
      relu($0[0]) + leakyReLU($0[0]) + elu($0[0]) + abs($0[0]) + hardSwish(5 * $0[0])
        + hardSigmoid(4 * $0[0])
    },
    Computation("exponentials", [9]) { exp($0[0]) + tanh($0[0]) + sigmoid($0[0]) },
    Computation("sums", [2, 3, 4]) {
      $0[0].sum(axes: [1]) + $0[0].sum(axes: [0, 2], keepDims: false).reshaped([1, 3, 1])
    },
    Computation("means", [2, 3, 4]) { $0[0] - $0[0].mean(axes: [0, 2]) + $0[0].mean() },
    Computation("repetition", [3, 1]) { $0[0].expanded(to: [2, 3, 4]) },
    Computation("axes", [2, 3, 4]) { $0[0].permuted([2, 0, 1]).reshaped([4, 6]) },
    Computation("slices", [2, 5], [2, 3]) {
      concatenated([$0[0].sliced(1..<4, axis: 1), $0[1]], axis: 0).padded(
        before: 1, after: 0, axis: 1)
    },
    Computation("items", [4, 3]) { $0[0].items([2, 0, 2], axis: 0) },
    Computation("matrix products", [2, 3, 4], [5, 4], [5, 2]) {
      matmul($0[0], matmul($0[1], $0[2], transposingLeft: true))
        + matmul($0[0], $0[0], transposingRight: true).sum()
    },
    Computation("linear map", [2, 3, 4], [5, 4], [5]) { linear($0[0], weight: $0[1], bias: $0[2]) },
    Computation("softmax", [2, 3, 4]) { softmax($0[0], axis: 1) + logSoftmax($0[0], axis: 2) },
    Computation("comparisons", [3, 4], [4]) {
      ($0[0] .> $0[1]) + 2 * ($0[0] .>= 0) + 3 * ($0[0] .== $0[0]) + ($0[0] .< $0[1])
    },
    Computation("selection", [2, 3], [3], [2, 1]) { selected($0[0] .> 0, $0[1], $0[2]) },
    Computation("angles", [5, 4], [5, 4]) { atan2($0[0], $0[1]) + atan2($0[0], 0 * $0[1]) },
    Computation("largest and smallest", [2, 3, 4]) {
      $0[0].max(axis: 1) + $0[0].min(axis: 2, keepDims: false).reshaped([2, 3, 1])
    },
    Computation("what stands at the largest", [2, 5], [2, 5]) {
      $0[1].gathered($0[0].argmax(axis: 1), axis: 1)
        + $0[1].gathered($0[0].argmin(axis: 0), axis: 0)
    },
    Computation("gathering and scattering", [2, 4]) {
      let places = Indices([3, 0, 3, 1, 2, 2], shape: [2, 3])
      return $0[0].gathered(places, axis: 1).scattered(to: places, axis: 1, shape: [2, 5])
    },
    Computation("running sums", [2, 5]) { $0[0].cumulativeSum(axis: 1) },
    Computation("reversal", [2, 3, 4]) { $0[0].flipped(axes: [0, 2]) + 1 },
    Computation("rotation", [2, 5]) { $0[0].rolled(2, axis: 1) },
    Computation("lengths", [2, 3, 4]) {
      $0[0].norm(axes: [1]) + $0[0].variance(axes: [1, 2]) + $0[0].logSumExp(axes: [2])
    },
    Computation("standardization", [2, 3, 4]) {
      $0[0].standardized(lastAxes: 2, epsilon: 1e-5)
        + $0[0].standardized(lastAxes: 1, epsilon: 1e-3, centred: false)
    },
    Computation("learned slopes", [2, 3, 4], [3], [3]) {
      prelu($0[0], slope: $0[1]) + snake($0[0], frequency: $0[1] + 2, magnitude: $0[2] + 3)
    },
    Computation("gates", [2, 6]) { glu($0[0], axis: 1) + selu(glu($0[0], axis: 1)) },
    Computation("items that are found", [4, 3], [5, 3]) {
      let products = matmul($0[0], $0[1], transposingRight: true)
      return $0[1].items(products.argmax(axis: 1).reshaped([2, 2]), axis: 0)
    },
    Computation("a copied value", [3]) { straightThrough($0[0], value: round(3 * $0[0])) },
  ]
}
