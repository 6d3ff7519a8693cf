internal import CKernels

// The way between plain pictures `[batch, channels, height, width]` and blocked ones, and work on
// blocked planes.

extension Buffer {
  /// A plain batch as a blocked one.
  public func blocked(batch: Int, channels: Int, pixels: Int) -> Buffer {
    precondition(count == batch * channels * pixels, "\(count) floats blocked as \(channels) maps")
    let result = Buffer(
      count: blockedCount(batch: batch, channels: channels, height: pixels, width: 1))
    forEachBlock(batch: batch, channels: channels, pixels: pixels) { blocked, plain, count in
      ck_block(result.pointer + blocked, pointer + plain, count, pixels, channelLanes)
    }
    return result
  }

  /// A blocked batch as a plain one.
  public func unblocked(batch: Int, channels: Int, pixels: Int) -> Buffer {
    let result = Buffer(count: batch * channels * pixels)
    forEachBlock(batch: batch, channels: channels, pixels: pixels) { blocked, plain, count in
      ck_unblock(result.pointer + plain, pointer + blocked, count, pixels, channelLanes)
    }
    return result
  }

  /// Gives out the blocks of a batch: where one begins in blocked memory, where in plain memory, and
  /// how many channels it has.
  private func forEachBlock(
    batch: Int, channels: Int, pixels: Int,
    _ body: (_ blocked: Int, _ plain: Int, _ channels: Int) -> Void
  ) {
    let blocks = (channels + channelLanes - 1) / channelLanes
    parallelRuns(batch * blocks, cost: pixels * channelLanes) { first, length in
      for index in first..<first + length {
        let channel = index % blocks * channelLanes
        body(
          index * channelLanes * pixels, (index / blocks * channels + channel) * pixels,
          min(channelLanes, channels - channel))
      }
    }
  }

  /// Adds `constant[c] + slope[c] · values` to the first channels of each blocked picture, in
  /// place.
  public func correct(
    _ values: Buffer, constant: Buffer, slope: Buffer, channels: Int, batch: Int, pixels: Int
  ) {
    willChange()
    let pitch = count / batch
    let blocks = (channels + channelLanes - 1) / channelLanes
    parallel(batch) { image in
      ck_correct(
        pointer + image * pitch, values.pointer + image * pitch, constant.pointer, slope.pointer,
        blocks, pixels, channelLanes)
    }
  }

  /// The sum of each channel of a blocked batch.
  public func channelSums(channels: Int, batch: Int, height: Int, width: Int) -> [Float] {
    let blocks = (channels + channelLanes - 1) / channelLanes
    let (pixels, stretch) = (height * width, 128)  // what is summed in single precision
    let (whole, rest) = (pixels / stretch, pixels % stretch)
    let zeros = [Double](repeating: 0, count: channelLanes)
    let shares = parallelResults(batch * blocks, cancelled: zeros) { plane in
      var own = zeros
      let start = pointer + plane * pixels * channelLanes
      ck_band_sums(&own, start, 1, stretch, channelLanes, whole, 0)
      ck_band_sums(&own, start + whole * stretch * channelLanes, 1, rest, channelLanes, 1, 0)
      return own
    }
    return (0..<channels).map { channel in
      let (block, lane) = (channel / channelLanes, channel % channelLanes)
      return Float((0..<batch).reduce(0) { $0 + shares[$1 * blocks + block][lane] })
    }
  }
}
