internal import CKernels

// The way between plain pictures `[batch, channels, height, width]` and blocked ones, and work on
// blocked planes.

extension Buffer {
  /// A plain batch as a blocked one.
  public func blocked(batch: Int, channels: Int, pixels: Int) -> Buffer {
    precondition(count == batch * channels * pixels, "\(count) floats blocked as \(channels) maps")
    let result = Buffer(
      count: blockedCount(batch: batch, channels: channels, height: pixels, width: 1))
    let pitch = result.count / batch
    parallel(batch) { image in
      ck_block(
        result.pointer + image * pitch, pointer + image * channels * pixels, channels, pixels,
        channelLanes)
    }
    return result
  }

  /// A blocked batch as a plain one.
  public func unblocked(batch: Int, channels: Int, pixels: Int) -> Buffer {
    let result = Buffer(count: batch * channels * pixels)
    let pitch = count / batch
    parallel(batch) { image in
      ck_unblock(
        result.pointer + image * channels * pixels, pointer + image * pitch, channels, pixels,
        channelLanes)
    }
    return result
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
    let sums = ChannelSums(channels: blocks * channelLanes)
    let shares = parallelResults(batch, cancelled: .some(nil)) { image -> ChannelSums.Values? in
      var own = sums.emptyCopy
      ck_band_sums(
        &own.values, pointer + image * (count / batch), blocks, width, channelLanes, height, 0)
      return own
    }
    sums.add(shares)
    return sums.first.prefix(channels).map { Float($0) }
  }
}
