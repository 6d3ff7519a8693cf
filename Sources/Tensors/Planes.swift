internal import Kernels

/// How the elements of a tensor fall into channels.
struct Planes {
  let batch, planes, pixels, lanes: Int

  /// - Returns: `nil` for a shape whose channels are too small to be swept one by one.
  init?(channelsOf shape: [Int], _ layout: Tensor.Layout) {
    guard shape.count >= 3 else { return nil }
    lanes = layout == .blocked ? channelLanes : 1
    (batch, planes, pixels) = (
      shape[0], (shape[1] + lanes - 1) / lanes, shape[2...].reduce(1, *)
    )
    guard pixels * lanes >= 64 else { return nil }
  }

  /// Everything as one channel.
  init(_ count: Int) { (batch, planes, pixels, lanes) = (1, 1, count, 1) }

  func taken(_ steps: [Tail.Step], on buffer: Buffer) -> Buffer {
    Tail(steps)(buffer, batch: batch, planes: planes, pixels: pixels, lanes: lanes)
  }

  /// Numbers per channel, or per channel of each item, as a table with lanes that stand for nothing.
  func table(_ values: [Float], channels: Int) -> Buffer {
    let items = values.count / channels
    var padded = [Float](repeating: 0, count: items * planes * lanes)
    for (index, value) in values.enumerated() {
      padded[index / channels * planes * lanes + index % channels] = value
    }
    return Buffer(padded)
  }

  /// The gradients of what a ``Kernels/Tail/Step/prelu(slope:)`` was given and of each channel's slope.
  func preluPullback(_ upstream: Buffer, of x: Buffer, slope: Buffer, channels: Int)
    -> (source: Buffer, slopes: [Double])
  {
    x.preluPullback(
      upstream, slope: slope, channels: channels, batch: batch, planes: planes, pixels: pixels,
      lanes: lanes)
  }
}
