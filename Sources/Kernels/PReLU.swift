internal import CKernels

extension Buffer {
  /// The gradients of what a ``Tail/Step/prelu(slope:)`` was given and of each channel's slope.
  ///
  /// - Parameters:
  ///   - slope: A table `[planes, lanes]`.
  ///   - planes: Blocks of channels of an item, or channels of a plain one.
  ///   - lanes: Channels per block; 1 of plain ones.
  public func preluPullback(
    _ upstream: Buffer, slope: Buffer, channels: Int, batch: Int, planes: Int, pixels: Int,
    lanes: Int
  ) -> (source: Buffer, slopes: [Double]) {
    let size = pixels * lanes
    precondition(
      count == batch * planes * size && upstream.count == count && slope.count == planes * lanes,
      "\(count) and \(upstream.count) floats as \(batch) times \(planes) planes of \(size)")
    let result = Buffer(count: count)
    let zeros = [Double](repeating: 0, count: lanes)
    let shares = parallelResults(planes, cancelled: zeros) { plane in
      var sums = zeros
      for image in 0..<batch {
        let start = (image * planes + plane) * size
        ck_prelu_pullback(
          result.pointer + start, &sums, pointer + start, upstream.pointer + start,
          slope.pointer + plane * lanes, pixels, lanes)
      }
      return sums
    }
    return (result, Array(shares.joined().prefix(channels)))
  }
}
