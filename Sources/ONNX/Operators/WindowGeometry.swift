internal import Tensors

/// How windows move over the axes behind batch and channels.
struct WindowGeometry {
  let kernel, strides, dilations: [Int]
  /// Elements added at either end.
  var before, after: [Int]
  /// Elements of the source.
  let sizes: [Int]
  /// Windows along each axis.
  private(set) var counts: [Int]

  var rank: Int { kernel.count }

  /// From the first element of a window to behind its last.
  var reaches: [Int] { zip(kernel, dilations).map { ($0 - 1) * $1 + 1 } }

  /// - Parameter ceilMode: Whether the last window may reach beyond the padding, as long as it begins
  ///   before it.
  init(_ call: OperatorCall, sizes: [Int], kernel: [Int], ceilMode: Bool) throws(ONNXError) {
    let rank = sizes.count
    func setting(_ name: String) throws(ONNXError) -> [Int] {
      let values = call.integers(name) ?? Array(repeating: 1, count: rank)
      guard values.count == rank, values.allSatisfy({ $0 > 0 }) else {
        throw call.unsupported("\(name) of \(values) over \(rank) axes")
      }
      return values
    }
    (strides, dilations) = (try setting("strides"), try setting("dilations"))
    guard rank > 0, kernel.count == rank, kernel.allSatisfy({ $0 > 0 }) else {
      throw call.unsupported("a kernel of \(kernel) over \(rank) axes")
    }
    self.kernel = kernel
    self.sizes = sizes
    let reaches = zip(kernel, dilations).map { ($0 - 1) * $1 + 1 }
    var pads = Array(repeating: 0, count: 2 * rank)
    switch call.text("auto_pad", "NOTSET") {
    case "NOTSET": pads = call.integers("pads") ?? pads
    case "VALID": break
    case let mode:
      for axis in 0..<rank {
        let count = (sizes[axis] + strides[axis] - 1) / strides[axis]
        let total = max(0, (count - 1) * strides[axis] + reaches[axis] - sizes[axis])
        pads[axis] = mode == "SAME_LOWER" ? (total + 1) / 2 : total / 2
        pads[axis + rank] = total - pads[axis]
      }
    }
    guard pads.count == 2 * rank else { throw call.unsupported("pads \(pads)") }
    (before, after) = (Array(pads[..<rank]), Array(pads[rank...]))
    counts = []
    for axis in 0..<rank {
      let room = sizes[axis] + before[axis] + after[axis] - reaches[axis]
      guard room >= 0 else { throw call.unsupported("windows larger than the source") }
      var count = (room + (ceilMode ? strides[axis] - 1 : 0)) / strides[axis] + 1
      if ceilMode, (count - 1) * strides[axis] >= sizes[axis] + before[axis] { count -= 1 }
      counts.append(count)
    }
  }

  /// The elements of every window side by side.
  ///
  /// Maps `[batch, channels, sizes…]` to `[batch, channels, counts…, elements]`.
  ///
  /// - Parameter beyond: What stands where a last window reaches beyond the padding.
  func windows(
    of x: Tensor, filling: Float, beyond: Float? = nil
  ) throws(ONNXError) -> Tensor {
    var x = x
    for axis in 0..<rank {
      let at = 2 + 2 * axis
      x = try x.padded(
        before: before[axis], after: after[axis], axis: at, by: "constant", filling: filling)
      let end = (counts[axis] - 1) * strides[axis] + reaches[axis]
      x = try x.padded(
        before: 0, after: max(0, end - x.shape[at]), axis: at, by: "constant",
        filling: beyond ?? filling)
      let places = (0..<counts[axis]).flatMap { window in
        (0..<kernel[axis]).map { window * strides[axis] + $0 * dilations[axis] }
      }
      var shape = x.shape
      shape.replaceSubrange(at...at, with: [counts[axis], kernel[axis]])
      x = x.items(places, axis: at).reshaped(shape)
    }
    let order =
      [0, 1] + (0..<rank).map { 2 + 2 * $0 } + (0..<rank).map { 3 + 2 * $0 }
    return x.permuted(order).reshaped(x.shape[..<2] + counts + [kernel.reduce(1, *)])
  }
}
