internal import CKernels

// Whole 3×3 convolutions by Winograd's method.

extension ConvolutionGeometry {
  /// Whether Winograd's method applies and a picture has enough tiles for it to pay.
  var isTiled: Bool {
    kernelHeight == 3 && kernelWidth == 3 && strideHeight == 1 && strideWidth == 1
      && dilationHeight == 1 && dilationWidth == 1 && groups == 1 && !isTransposed
      && min(inputChannels, outputChannels) >= channelLanes
      && ((outputHeight + 3) / 4) * ((outputWidth + 3) / 4) >= 16
  }

  /// The convolution that takes gradients back to the source.
  private var turned: ConvolutionGeometry {
    var turned = self
    turned.inputChannels = outputChannels
    turned.inputHeight = outputHeight
    turned.inputWidth = outputWidth
    turned.outputChannels = inputChannels
    turned.outputHeight = inputHeight
    turned.outputWidth = inputWidth
    turned.paddingTop = 2 - paddingTop
    turned.paddingLeft = 2 - paddingLeft
    return turned
  }

  private var inputBlocks: Int { (inputChannels + channelLanes - 1) / channelLanes }
  private var outputBlocks: Int { (outputChannels + channelLanes - 1) / channelLanes }

  /// A run of rows of one picture's results.
  private struct Band {
    let image, first: Int
    let tiles: Tiles
  }

  /// Bands of whole rows of tiles, about 64 tiles each.
  private var bands: [Band] {
    let down = (outputHeight + 3) / 4
    let parts = max(1, down / max(1, 64 / ((outputWidth + 3) / 4)))
    return (0..<batch).flatMap { image in
      (0..<parts).map { part in
        let first = 4 * (down * part / parts)
        let end = min(outputHeight, 4 * (down * (part + 1) / parts))
        return Band(
          image: image, first: first, tiles: Tiles(rows: end - first, width: outputWidth))
      }
    }
  }

  func tiledConvolve(_ source: Buffer, weights: Buffer, bias: Buffer?) -> Buffer {
    convolve(
      source, bias: bias, packed: weights.winograd(inputs: inputChannels, outputs: outputChannels))
  }

  func tiledSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    let packed = weights.winograd(inputs: outputChannels, outputs: inputChannels, turned: true)
    return turned.convolve(upstream, bias: nil, packed: packed)
  }

  /// A thread takes a band, or where there are too few of them, a share of the channels.
  private func convolve(_ source: Buffer, bias: Buffer?, packed: Buffer) -> Buffer {
    let result = Buffer(count: outputCount)
    let bias = bias?.extended(to: outputBlocks * channelLanes)
    let bands = bands
    if bands.count >= 2 * threadCount {
      parallel(bands.count) { index in
        let band = bands[index]
        let transformed = Buffer(count: band.tiles.size(channels: inputBlocks * channelLanes))
        transform(source, band, 0..<inputBlocks, into: transformed)
        finish(transformed, band, 0..<outputBlocks, packed: packed, bias: bias, into: result)
      }
    } else {
      for band in bands {
        let transformed = Buffer(count: band.tiles.size(channels: inputBlocks * channelLanes))
        parallelShares(inputBlocks) { transform(source, band, $0, into: transformed) }
        parallelShares(outputBlocks) {
          finish(transformed, band, $0, packed: packed, bias: bias, into: result)
        }
      }
    }
    return result
  }

  /// Transforms some blocks of what a band reads.
  private func transform(_ source: Buffer, _ band: Band, _ blocks: Range<Int>, into target: Buffer)
  {
    let plane = inputHeight * inputWidth * channelLanes
    let channels = inputBlocks * channelLanes
    ck_winograd_source(
      target.pointer + blocks.lowerBound * channelLanes, band.tiles.pitch(channels: channels),
      channels, source.pointer + (band.image * inputBlocks + blocks.lowerBound) * plane, nil, nil,
      blocks.count, inputHeight, inputWidth, band.first - paddingTop, -paddingLeft,
      band.tiles.across, band.tiles.down, channelLanes)
  }

  /// Makes some blocks of a band's results.
  private func finish(
    _ transformed: Buffer, _ band: Band, _ blocks: Range<Int>, packed: Buffer, bias: Buffer?,
    into result: Buffer
  ) {
    let depth = inputBlocks * channelLanes
    let products = Buffer(count: blocks.count * band.tiles.size(channels: channelLanes))
    band.tiles.multiply(
      transformed, channels: depth, by: packed,
      at: blocks.lowerBound * 36 * depth * channelLanes, inputs: inputBlocks,
      outputs: blocks.count, into: products, fresh: true)
    for (index, block) in blocks.enumerated() {
      let row = (band.image * outputBlocks + block) * outputHeight + band.first
      band.tiles.finish(
        products, block: index, bias: bias.map { $0.pointer + block * channelLanes },
        to: result.pointer + row * outputWidth * channelLanes)
    }
  }

  /// Each thread adds up a run of bands; the shares are added in order.
  func tiledWeightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    let bands = bands
    let depth = inputBlocks * channelLanes
    let pitch = Tiles.pairPitch(channels: depth)
    let parts = min(threadCount, bands.count)
    let shares = parallelResults(parts) { part in
      let pairs = Buffer(count: outputBlocks * 36 * pitch)
      let run = bands.count * part / parts..<bands.count * (part + 1) / parts
      for index in run {
        let (band, tiles) = (bands[index], bands[index].tiles)
        let transformed = Buffer(count: tiles.size(channels: depth))
        transform(source, band, 0..<inputBlocks, into: transformed)
        let row = band.image * outputBlocks * outputHeight + band.first
        let given = tiles.upstream(
          upstream.pointer + row * outputWidth * channelLanes,
          plane: outputHeight * outputWidth * channelLanes, blocks: outputBlocks)
        tiles.pair(
          transformed, channels: depth, with: given, blocks: outputBlocks, into: pairs,
          fresh: index == run.lowerBound)
      }
      return pairs
    }
    let total = shares.total
    let unpacked = Buffer(count: outputBlocks * 9 * depth * channelLanes)
    parallel(outputBlocks) { block in
      ck_winograd_unpack(
        unpacked.pointer + block * 9 * depth * channelLanes, depth * channelLanes,
        total.pointer + block * 36 * pitch, pitch, depth, channelLanes)
    }
    let result = Buffer(count: weightCount)
    ck_winograd_order(result.pointer, unpacked.pointer, inputChannels, outputChannels, channelLanes)
    return result
  }
}
