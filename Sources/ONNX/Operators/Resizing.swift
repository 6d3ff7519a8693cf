internal import Foundation
internal import Kernels
internal import Tensors

// Operators that read between elements.

extension OperatorCall {
  func resizing() throws(ONNXError) -> GraphValue? {
    switch name {
    case "Resize", "Upsample": return try value(0).with(try resized())
    case "GridSample":
      let (x, grid) = (try tensor(0, rank: 4...4), try tensor(1, rank: 4...4))
      let paddings: [String: GridPadding] = [
        "zeros": .zeros, "border": .border, "reflection": .reflection,
      ]
      guard let padding = paddings[text("padding_mode", "zeros")] else {
        throw unsupported("this padding")
      }
      switch text("mode", "linear") {
      case "linear", "bilinear":
        return .numbers(
          gridSampled(x, at: grid, padding: padding, alignCorners: flag("align_corners")))
      case "nearest":
        return .numbers(
          gridSampled(
            x, at: grid, .nearest, padding: padding, alignCorners: flag("align_corners")))
      default: throw unsupported("this interpolation")
      }
    case "AffineGrid":
      guard let size = try integers(1), size.count == 4 else { throw unsupported("no pictures") }
      return .numbers(
        affineGrid(
          try tensor(0), size: Extent(height: size[2], width: size[3]),
          alignCorners: flag("align_corners")))
    default: return nil
    }
  }

  private func resized() throws(ONNXError) -> Tensor {
    var x = try tensor(0)
    let rank = x.shape.count
    let axes = try (integers("axes") ?? Array(0..<rank)).map { axis throws(ONNXError) in
      try self.axis(axis, rank: rank)
    }
    let isOld = name == "Upsample" || version < 11
    let regions = isOld ? [] : optional(1)?.tensor.array ?? []
    let scales = floats("scales") ?? optional(isOld ? 1 : 2)?.tensor.array ?? []
    let sizes = isOld ? nil : try integers(3)
    var plans: [(axis: Int, count: Int, scale: Double)] = []
    if let sizes, !sizes.isEmpty {
      guard sizes.count == axes.count else { throw unsupported("sizes \(sizes)") }
      let ratios = zip(axes, sizes).map { Double($1) / Double(x.shape[$0]) }
      let policy = text("keep_aspect_ratio_policy", "stretch")
      let common = policy == "not_larger" ? ratios.min() : ratios.max()
      for (axis, (size, ratio)) in zip(axes, zip(sizes, ratios)) {
        let scale = policy == "stretch" ? ratio : common ?? ratio
        let count =
          policy == "stretch" ? size : Int((scale * Double(x.shape[axis]) + 0.5).rounded(.down))
        plans.append((axis, count, scale))
      }
    } else {
      guard scales.count == axes.count else { throw unsupported("scales \(scales)") }
      plans = zip(axes, scales).map { axis, scale in
        (axis, Int((Double(x.shape[axis]) * Double(scale)).rounded(.down)), Double(scale))
      }
    }
    for (index, (axis, count, scale)) in plans.enumerated() {
      guard count > 0 else { throw unsupported("a size of \(count)") }
      let region =
        regions.count == 2 * plans.count
        ? Double(regions[index])...max(Double(regions[index]), Double(regions[index + plans.count]))
        : 0...1
      let sampling = try AxisSampling(
        self, size: x.shape[axis], count: count, scale: scale, region: region, isOld: isOld)
      guard !sampling.isIdentity else { continue }
      x = sampling.applied(to: x, axis: axis)
    }
    return x
  }
}

/// What each element of a resized axis is made of.
private struct AxisSampling {
  private let size, count: Int
  /// `[count, size]`, and what is added where a place lies outside.
  private var weights: [Float]
  private var constants: [Float]

  var isIdentity: Bool {
    size == count && constants.allSatisfy { $0 == 0 }
      && weights.indices.allSatisfy { weights[$0] == ($0 / size == $0 % size ? 1 : 0) }
  }

  init(
    _ call: OperatorCall, size: Int, count: Int, scale: Double, region: ClosedRange<Double>,
    isOld: Bool
  ) throws(ONNXError) {
    self.size = size
    self.count = count
    weights = [Float](repeating: 0, count: count * size)
    constants = [Float](repeating: 0, count: count)
    let transformation = call.text(
      "coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel")
    let excludesOutside = call.flag("exclude_outside")
    for index in 0..<count {
      let place = try Self.place(
        index, transformation, size: size, count: count, scale: scale, region: region)
      guard let place else { throw call.unsupported(transformation) }
      if transformation == "tf_crop_and_resize", place < 0 || place > Double(size - 1) {
        constants[index] = call.float("extrapolation_value", 0)
        continue
      }
      let floored = place.rounded(.down)
      // Between 0 and 1, and 1 on a pixel: the one on the left is preferred.
      let ratio = place == floored ? 1 : place - floored
      let left = Int(floored) - (place == floored ? 1 : 0)
      guard var taps = Self.taps(call, ratio: ratio, scale: scale, isOld: isOld) else {
        throw call.unsupported("this interpolation")
      }
      let first = left - (taps.count / 2 - 1)
      if excludesOutside {
        for tap in taps.indices where !(0..<size ~= first + tap) { taps[tap] = 0 }
        let sum = taps.reduce(0, +)
        taps = taps.map { $0 / sum }
      }
      for (tap, weight) in taps.enumerated() {
        weights[index * size + min(max(first + tap, 0), size - 1)] += Float(weight)
      }
    }
  }

  func applied(to x: Tensor, axis: Int) -> Tensor {
    let last = x.shape.count - 1
    let turned = x.transposed(axis, last)
    let long = turned.reshaped([x.count / size, size])
    let made =
      matmul(long, Tensor(weights, shape: [count, size]), transposingRight: true)
      + Tensor(constants, shape: [count])
    return made.reshaped(turned.shape.dropLast() + [count]).transposed(axis, last)
  }

  /// Where an element of the result stands in the source.
  private static func place(
    _ index: Int, _ transformation: String, size: Int, count: Int, scale: Double,
    region: ClosedRange<Double>
  ) throws(ONNXError) -> Double? {
    let (x, width, length) = (Double(index), scale * Double(size), Double(size))
    switch transformation {
    case "half_pixel": return (x + 0.5) / scale - 0.5
    case "asymmetric": return x / scale
    case "align_corners": return width == 1 ? 0 : x * (length - 1) / (width - 1)
    case "pytorch_half_pixel": return width == 1 ? -0.5 : (x + 0.5) / scale - 0.5
    case "half_pixel_symmetric":
      return length / 2 * (1 - Double(count) / width) + (x + 0.5) / scale - 0.5
    case "tf_crop_and_resize":
      let (start, reach) = (region.lowerBound, region.upperBound - region.lowerBound)
      let inside =
        width == 1 ? reach * (length - 1) / 2 : x * reach * (length - 1) / (width - 1)
      return start * (length - 1) + inside
    default: return nil
    }
  }

  /// The weights of an even number of neighbours, half of them on the left.
  private static func taps(
    _ call: OperatorCall, ratio: Double, scale: Double, isOld: Bool
  ) -> [Double]? {
    let shrink = call.flag("antialias") ? min(scale, 1) : 1
    func weights(_ reach: Double, _ weight: (Double) -> Double) -> [Double] {
      let side = Int((reach / shrink).rounded(.up))
      let taps = (1 - side...side).map { weight(abs(shrink * (Double($0) - ratio))) }
      let sum = taps.reduce(0, +)
      return taps.map { $0 / sum }
    }
    switch call.text("mode", "nearest") {
    case "nearest":
      let takesRight: Bool
      switch call.text("nearest_mode", isOld ? "floor" : "round_prefer_floor") {
      case "round_prefer_floor": takesRight = ratio > 0.5
      case "round_prefer_ceil": takesRight = ratio >= 0.5
      case "floor": takesRight = ratio == 1
      case "ceil": takesRight = true
      default: return nil
      }
      return takesRight ? [0, 1] : [1, 0]
    case "linear": return weights(1) { max(0, 1 - $0) }
    case "cubic":
      let a = Double(call.float("cubic_coeff_a", -0.75))
      return weights(2) { x in
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
      }
    default: return nil
    }
  }
}
