internal import CKernels

// Bands convolved by Winograd's method: affine map, ReLU and input transform are one sweep.

extension NormalizedConvolution {
  /// Whether a picture has enough tiles of 4×4 results for the transforms of the weights to pay.
  var isTiled: Bool { kernel == 3 && ((height + 3) / 4) * ((width + 3) / 4) >= 16 }

  /// Bands of whole rows of tiles, about 64 tiles each, at least one for each thread.
  var tiledBands: [Band] {
    let across = (width + 3) / 4
    let down = (height + 3) / 4
    let least = max(1, (threadCount + batch - 1) / batch)
    let parts = min(down, max(least, down / max(1, 64 / across)))
    return (0..<batch).flatMap { image in
      (0..<parts).map { part in
        let first = 4 * (down * part / parts)
        return Band(
          image: image, first: first, rows: min(height, 4 * (down * (part + 1) / parts)) - first)
      }
    }
  }

  /// Makes the new maps of a band.
  func tiled(_ read: Activation, weights: Buffer, bias: Buffer) -> (Band) -> Buffer {
    let packed = weights.winograd(inputs: inputChannels, outputs: outputChannels)
    let bias = bias.extended(to: outputBlocks * channelLanes)
    return { band in
      let tiles = Tiles(rows: band.rows, width: width)
      let products = Buffer(count: outputBlocks * tiles.size(channels: channelLanes))
      forEachChunk(read, band, tiles) { start, blocks, transformed in
        tiles.multiply(
          transformed, channels: blocks * channelLanes, by: packed, from: start,
          inputs: inputBlocks, outputs: outputBlocks, into: products, fresh: start == 0)
      }
      let made = Buffer(count: outputBlocks * channelLanes * band.rows * width)
      for block in 0..<outputBlocks {
        tiles.finish(
          products, block: block, bias: bias.pointer + block * channelLanes,
          to: made.pointer + block * channelLanes * band.rows * width)
      }
      return made
    }
  }

  /// Adds to the gradient of the source and finds a band's share of the others.
  func tiledPullback(
    _ upstream: Upstream, _ read: Activation, weights: Buffer, _ target: Target
  ) -> (Band) -> Share {
    let turned = weights.winograd(inputs: outputChannels, outputs: inputChannels, turned: true)
    let turnedSize = 36 * outputBlocks * channelLanes * channelLanes  // of one block of inputs
    let depth = inputBlocks * channelLanes
    return { band in
      let tiles = Tiles(rows: band.rows, width: width)
      let outer = band.rows + 2
      let wide = gathered(upstream, band, margin: 1)
      var bias = ChannelSums.Values(channels: outputBlocks * channelLanes)
      ck_band_sums(&bias.values, wide.pointer, outputBlocks, width, channelLanes, outer, 1)

      // The upstream gradient as the source of the turned convolution, and as the pullback of the
      // forward one sees it.
      let channels = outputBlocks * channelLanes
      let asSource = Buffer(count: tiles.size(channels: channels))
      tiles.transform(
        wide.pointer, blocks: outputBlocks, height: outer, width: width, top: 0, left: -1,
        into: asSource.pointer, channels: channels)
      let asResult = Buffer(count: outputBlocks * tiles.size(channels: channelLanes))
      for block in 0..<outputBlocks {
        tiles.upstream(
          wide.pointer + (block * outer + 1) * width * channelLanes,
          into: asResult.pointer + block * tiles.size(channels: channelLanes))
      }

      let made = Buffer(count: outputBlocks * 9 * depth * channelLanes)
      var sums = ChannelSums.Values(channels: depth)
      forEachChunk(read, band, tiles) { start, blocks, transformed in
        let chunk = blocks * channelLanes
        let pitch = Tiles.pairPitch(channels: chunk)
        let pairs = Buffer(count: outputBlocks * 36 * pitch)
        tiles.pair(
          transformed, channels: chunk, with: asResult, blocks: outputBlocks,
          into: pairs.pointer, fresh: true)
        for block in 0..<outputBlocks {
          ck_winograd_unpack(
            made.pointer + (block * 9 * depth + start * channelLanes) * channelLanes,
            depth * channelLanes, pairs.pointer + block * 36 * pitch, pitch, chunk, channelLanes)
        }
        let plane = band.rows * width * channelLanes
        let behind = Buffer(count: blocks * plane)
        let products = Buffer(count: min(2, blocks) * tiles.size(channels: channelLanes))
        for first in stride(from: 0, to: blocks, by: 2) {
          let pair = first..<min(first + 2, blocks)
          tiles.multiply(
            asSource, channels: channels, by: turned, at: (start + first) * turnedSize,
            inputs: outputBlocks, outputs: pair.count, into: products, fresh: true)
          for block in pair {
            tiles.finish(
              products, block: block - first, bias: nil, to: behind.pointer + block * plane)
          }
        }
        let offset = start * height * width * channelLanes
        var own = ChannelSums.Values(channels: chunk)
        ck_norm_relu_pullback(
          picture(band.image, of: target.place) + offset, behind.pointer,
          picture(band.image, of: read.source) + offset,
          read.scale.pointer + start * channelLanes, read.shift.pointer + start * channelLanes,
          &own.values, target.fresh ? 1 : 0, blocks, height, width, channelLanes, band.first,
          band.rows)
        sums.set(own, at: start * channelLanes)
      }
      return Share(rows: band.rows, weights: made, bias: bias, sums: sums)
    }
  }

  /// The gradient of the weights in PyTorch's order.
  func tiledWeights(_ shares: [Share]) -> Buffer {
    shares.map(\.weights).total.winogradOrdered(inputs: inputChannels, outputs: outputChannels)
  }

  /// Transforms what the convolution reads, a few blocks at a time so that they stay in the cache.
  private func forEachChunk(
    _ read: Activation, _ band: Band, _ tiles: Tiles,
    _ body: (_ start: Int, _ blocks: Int, _ transformed: Buffer) -> Void
  ) {
    let most = max(1, 4096 / (tiles.count * channelLanes))
    for start in stride(from: 0, to: inputBlocks, by: most) {
      let blocks = min(most, inputBlocks - start)
      let transformed = Buffer(count: tiles.size(channels: blocks * channelLanes))
      tiles.transform(
        picture(band.image, of: read.source) + start * height * width * channelLanes,
        blocks: blocks, height: height, width: width, top: band.first - 1, left: -1,
        affine: (
          UnsafePointer(read.scale.pointer + start * channelLanes),
          UnsafePointer(read.shift.pointer + start * channelLanes)
        ), into: transformed.pointer, channels: blocks * channelLanes)
      body(start, blocks, transformed)
    }
  }
}
