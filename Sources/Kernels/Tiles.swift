internal import CKernels

/// The tiles of 4×4 results that a band is cut into, row by row, for Winograd's method: some rows of
/// one picture, or several whole pictures one after another.
///
/// A 3×3 convolution of a tile is 36 products instead of 144. Its weights are transformed once, each
/// band's pixels when they are read and its results when they are done.
///
/// Source: Lavin & Gray 2016, arXiv:1509.09308, F(4×4, 3×3), with other points of interpolation.
struct Tiles {
  let rows, width: Int
  var pictures = 1

  var across: Int { (width + 3) / 4 }
  var down: Int { (rows + 3) / 4 }
  var ofOne: Int { across * down }
  var count: Int { pictures * ofOne }

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
    ck_blocked_products(
      products.pointer, pitch(channels: channelLanes), transformed.pointer,
      pitch(channels: channels), count * channelLanes,
      packed.pointer + place + start * channelLanes * channelLanes, 36, inputs * channelLanes,
      outputs * channelLanes, count, channels, fresh ? 1 : 0, channelLanes)
  }

  /// The transforms of some blocks of a picture.
  ///
  /// - Parameters:
  ///   - picture: The first of the blocks.
  ///   - height: Of the picture.
  ///   - top: The row of the picture at which the first tile begins to read, likewise `left`.
  ///   - affine: Where given, the transforms are those of `max(0, scale · x + shift)`.
  ///   - place: Which of the band's pictures it is.
  ///   - target: Where its first block's transforms begin, of a buffer of `channels`.
  func transform(
    _ picture: UnsafePointer<Float>, blocks: Int, height: Int, width: Int, top: Int, left: Int,
    affine: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)? = nil, place: Int = 0,
    into target: UnsafeMutablePointer<Float>, channels: Int
  ) {
    ck_winograd_source(
      target + place * ofOne * channelLanes, pitch(channels: channels), count, picture,
      affine?.scale, affine?.shift, blocks, height, width, top, left, across, down, channelLanes)
  }

  /// The sums over the tiles of transformed pixels by transformed upstream gradients, per pair of
  /// channels: the transformed gradient of the weights.
  ///
  /// - Parameters:
  ///   - channels: How many channels `transformed` has, whole blocks.
  ///   - upstream: See ``upstream(_:into:)``, one block after another.
  ///   - pairs: `[output block][36][channels][lanes]`, positions ``pairPitch(channels:)`` apart.
  func pair(
    _ transformed: Buffer, channels: Int, with upstream: Buffer, blocks: Int,
    into pairs: UnsafeMutablePointer<Float>, fresh: Bool
  ) {
    ck_winograd_outer(
      pairs, Tiles.pairPitch(channels: channels), transformed.pointer, pitch(channels: channels),
      upstream.pointer, pitch(channels: channelLanes), blocks, count, channels, fresh ? 1 : 0,
      channelLanes)
  }

  static func pairPitch(channels: Int) -> Int { channels * channelLanes + 16 }

  /// The upstream gradient as the pullback of ``finish(_:block:bias:place:to:)`` sees it.
  ///
  /// - Parameters:
  ///   - band: One block of the band's rows of a picture.
  ///   - place: Which of the band's pictures it is.
  ///   - target: Of ``size(channels:)`` for a block.
  func upstream(
    _ band: UnsafePointer<Float>, place: Int = 0, into target: UnsafeMutablePointer<Float>
  ) {
    ck_winograd_upstream(
      target + place * ofOne * channelLanes, pitch(channels: channelLanes), band, rows, width,
      channelLanes)
  }

  /// Writes the results of one block of outputs of one of the band's pictures.
  func finish(
    _ products: Buffer, block: Int, bias: UnsafePointer<Float>?, place: Int = 0,
    to band: UnsafeMutablePointer<Float>
  ) {
    let start = block * size(channels: channelLanes) + place * ofOne * channelLanes
    ck_winograd_result(
      band, products.pointer + start, pitch(channels: channelLanes), bias, rows, width,
      channelLanes)
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
        packWinograd(
          inputs: inputs, outputs: outputs, turned: turned, block: block,
          into: packed.pointer + block * 36 * depth * channelLanes)
      }
      return packed
    }
  }

  /// One block of outputs of ``winograd(inputs:outputs:turned:)``.
  func packWinograd(
    inputs: Int, outputs: Int, turned: Bool, block: Int, into packed: UnsafeMutablePointer<Float>
  ) {
    ck_winograd_pack(packed, pointer, inputs, outputs, turned ? 1 : 0, block, channelLanes)
  }

  /// The gradients `[outputs, inputs, 3, 3]` of what ``Tiles/pair(_:channels:with:blocks:into:fresh:)``
  /// and `ck_winograd_unpack` made: `[output block][9][inputs up to whole blocks][lanes]`.
  func winogradOrdered(inputs: Int, outputs: Int) -> Buffer {
    let result = Buffer(count: outputs * inputs * 9)
    let blocks = (outputs + channelLanes - 1) / channelLanes
    parallel(blocks) { block in
      let first = block * channelLanes
      ck_winograd_order(
        result.pointer + first * inputs * 9, pointer + block * (count / blocks), inputs,
        outputs - first, channelLanes)
    }
    return result
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
