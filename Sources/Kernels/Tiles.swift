internal import CKernels

/// The tiles of 4×4 results that a band is cut into, row by row, for Winograd's method.
///
/// A 3×3 convolution of a tile is 36 products instead of 144. Its weights are transformed once, each
/// band's pixels when they are read and its results when they are done.
///
/// Source: Lavin & Gray 2016, arXiv:1509.09308, F(4×4, 3×3), with other points of interpolation.
struct Tiles {
  let rows, width: Int

  var across: Int { (width + 3) / 4 }
  var down: Int { (rows + 3) / 4 }
  var count: Int { across * down }

  /// Floats between two of the 36 positions: no multiple of a page, which would map all of them to
  /// the same lines of a cache.
  func pitch(channels: Int) -> Int { count * channels + 16 }

  /// Floats of all positions.
  func size(channels: Int) -> Int { 36 * pitch(channels: channels) }

  /// The products of transformed pixels and packed weights.
  ///
  /// - Parameters:
  ///   - channels: How many channels `transformed` has.
  ///   - place: The float at which the packing begins in `packed`.
  ///   - start: The block of inputs of the packing that `transformed` begins with.
  ///   - inputs: Blocks of the packing.
  ///   - outputs: Blocks wanted.
  func multiply(
    _ transformed: Buffer, channels: Int, by packed: Buffer, at place: Int = 0,
    from start: Int = 0, inputs: Int, outputs: Int, into products: Buffer, fresh: Bool
  ) {
    ck_winograd_products(
      products.pointer, pitch(channels: channelLanes), transformed.pointer,
      pitch(channels: channels), channels,
      packed.pointer + place + start * channelLanes * channelLanes, inputs * channelLanes,
      outputs * channelLanes, count, channels, fresh ? 1 : 0, channelLanes)
  }

  /// The sums over the tiles of transformed pixels by transformed upstream gradients, per pair of
  /// channels: the transformed gradient of the weights.
  ///
  /// - Parameters:
  ///   - channels: How many channels `transformed` has, whole blocks.
  ///   - upstream: See ``upstream(_:plane:blocks:)``.
  ///   - pairs: `[output block][36][channels][lanes]`, positions ``pairPitch(channels:)`` apart.
  func pair(
    _ transformed: Buffer, channels: Int, with upstream: Buffer, blocks: Int, into pairs: Buffer,
    fresh: Bool
  ) {
    ck_winograd_outer(
      pairs.pointer, Tiles.pairPitch(channels: channels), transformed.pointer,
      pitch(channels: channels), channels, upstream.pointer, pitch(channels: channelLanes), blocks,
      count, channels, fresh ? 1 : 0, channelLanes)
  }

  static func pairPitch(channels: Int) -> Int { channels * channelLanes + 16 }

  /// The upstream gradient as the pullback of ``finish(_:block:bias:to:)`` sees it.
  ///
  /// - Parameters:
  ///   - band: The band's first row in the first block.
  ///   - plane: Floats between two blocks.
  func upstream(_ band: UnsafePointer<Float>, plane: Int, blocks: Int) -> Buffer {
    let size = size(channels: channelLanes)
    let result = Buffer(count: blocks * size)
    for block in 0..<blocks {
      ck_winograd_upstream(
        result.pointer + block * size, pitch(channels: channelLanes), band + block * plane, rows,
        width, channelLanes)
    }
    return result
  }

  /// Writes the results of one block of outputs.
  func finish(
    _ products: Buffer, block: Int, bias: UnsafePointer<Float>?,
    to band: UnsafeMutablePointer<Float>
  ) {
    ck_winograd_result(
      band, products.pointer + block * size(channels: channelLanes), pitch(channels: channelLanes),
      bias, rows, width, channelLanes)
  }
}

extension Buffer {
  /// The transforms of 3×3 weights; kept until the weights change.
  ///
  /// - Parameter turned: Packs the convolution that takes gradients back, whose inputs are the
  ///   outputs of the weights.
  func winograd(inputs: Int, outputs: Int, turned: Bool = false) -> Buffer {
    derived(Packing(turned: turned)) {
      let blocks = (outputs + channelLanes - 1) / channelLanes
      let depth = (inputs + channelLanes - 1) / channelLanes * channelLanes
      let packed = Buffer(count: blocks * 36 * depth * channelLanes)
      parallel(blocks) { block in
        ck_winograd_pack(
          packed.pointer, pointer, inputs, outputs, turned ? 1 : 0, block, channelLanes)
      }
      return packed
    }
  }

  /// The contents with zeros behind.
  func extended(to length: Int) -> Buffer {
    guard length > count else { return self }
    let result = Buffer(repeating: 0, count: length)
    result.copy(count, from: self, at: 0, to: 0)
    return result
  }
}

private struct Packing: Hashable {
  let turned: Bool
}
