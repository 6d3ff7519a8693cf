internal import CKernels

// Whole 3×3 convolutions by Winograd's method.

extension ConvolutionGeometry {
  /// Whether Winograd's method applies and there are enough tiles, in a picture or a batch of small ones,
  /// for the transforms of the weights to pay.
  var isTiled: Bool {
    let tiles = ((outputHeight + 3) / 4) * ((outputWidth + 3) / 4)
    return kernelHeight == 3 && kernelWidth == 3 && strideHeight == 1 && strideWidth == 1
      && dilationHeight == 1 && dilationWidth == 1 && groups == 1 && !isTransposed
      && !sourceIsPlain && max(inputChannels, outputChannels) >= channelLanes
      && (tiles >= 16 || tiles >= 4 && batch * tiles >= 32)
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

  private var inputBlocks: Int { blocks(inputChannels) }
  private var outputBlocks: Int { blocks(outputChannels) }

  /// A run of rows of one picture's results, or several pictures' whole results.
  private struct Band {
    let image, first: Int
    let tiles: Tiles

    var images: Range<Int> { image..<image + tiles.pictures }
  }

  /// Bands of whole rows of tiles, about 64 tiles each, or of as many small pictures as have at most
  /// 128 tiles: each band reads all weights.
  private var bands: [Band] {
    let (across, down) = ((outputWidth + 3) / 4, (outputHeight + 3) / 4)
    let together = min(batch, max(1, 128 / (across * down)))
    if together > 1 {
      let parts = (batch + together - 1) / together
      return (0..<parts).map { part in
        let image = batch * part / parts
        let pictures = batch * (part + 1) / parts - image
        return Band(
          image: image, first: 0,
          tiles: Tiles(rows: outputHeight, width: outputWidth, pictures: pictures))
      }
    }
    let parts = max(1, down / max(1, 64 / across))
    return (0..<batch).flatMap { image in
      (0..<parts).map { part in
        let first = 4 * (down * part / parts)
        let end = min(outputHeight, 4 * (down * (part + 1) / parts))
        return Band(
          image: image, first: first, tiles: Tiles(rows: end - first, width: outputWidth))
      }
    }
  }

  func tiledConvolve(_ source: Buffer, weights: Buffer, bias: Buffer?, tail: Tail) -> Buffer {
    let packed = weights.winograd(inputs: inputChannels, outputs: outputChannels)
    return convolve(source, bias: bias, tail: tail) { (packed, $0.lowerBound) }
  }

  /// Where few bands use them, the packed weights are made a few blocks at a time and used at once: they
  /// serve one pullback only, and all of them would be too large for a core's cache.
  func tiledSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    let turned = turned
    let (inputs, outputs) = (turned.inputChannels, turned.outputChannels)
    guard turned.hasFewBands else {
      let packed = weights.winograd(inputs: inputs, outputs: outputs, turned: true)
      return turned.convolve(upstream, bias: nil, tail: Tail()) { (packed, $0.lowerBound) }
    }
    let size = 36 * turned.inputBlocks * channelLanes * channelLanes
    return turned.convolve(upstream, bias: nil, tail: Tail()) { blocks in
      let packed = Buffer(count: blocks.count * size)
      for (index, block) in blocks.enumerated() {
        weights.packWinograd(
          inputs: inputs, outputs: outputs, turned: true, block: block,
          into: packed.pointer + index * size)
      }
      return (packed, 0)
    }
  }

  /// Whether there are too few bands for each thread to take some.
  private var hasFewBands: Bool { bands.count < 2 * threadCount }

  /// A thread takes a band, or where there are too few of them, a share of the channels.
  ///
  /// - Parameter weights: Gives packed weights and the place there of some blocks of outputs.
  private func convolve(
    _ source: Buffer, bias: Buffer?, tail: Tail,
    weights: (_ blocks: Range<Int>) -> (packed: Buffer, place: Int)
  ) -> Buffer {
    let result = Buffer(count: outputCount)
    let sweep = tail.sweep(
      result, batch: batch, planes: outputBlocks, pixels: outputHeight * outputWidth,
      lanes: channelLanes)
    let bias = bias?.extended(to: outputBlocks * channelLanes)
    let bands = bands
    let sizes = bands.map { $0.tiles.size(channels: inputBlocks * channelLanes) }
    if !hasFewBands {
      let packed = weights(0..<outputBlocks)
      parallel(bands.count) { index in
        let transformed = Buffer(count: sizes[index])
        transform(source, bands[index], 0..<inputBlocks, into: transformed)
        finish(
          transformed, bands[index], 0..<outputBlocks, packed, bias: bias, sweep, into: result)
      }
    } else {
      let transformed = sizes.map { Buffer(count: $0) }
      parallelShares(inputBlocks) { blocks in
        for (band, target) in zip(bands, transformed) {
          transform(source, band, blocks, into: target)
        }
      }
      parallelShares(outputBlocks) { blocks in
        for start in stride(from: blocks.lowerBound, to: blocks.upperBound, by: 2) {
          let pair = start..<min(start + 2, blocks.upperBound)
          let packed = weights(pair)
          for (band, transformed) in zip(bands, transformed) {
            finish(transformed, band, pair, packed, bias: bias, sweep, into: result)
          }
        }
      }
    }
    return result
  }

  /// Transforms some blocks of what a band reads.
  private func transform(_ source: Buffer, _ band: Band, _ blocks: Range<Int>, into target: Buffer)
  {
    let plane = inputHeight * inputWidth * channelLanes
    for (place, image) in band.images.enumerated() {
      band.tiles.transform(
        source.pointer + (image * inputBlocks + blocks.lowerBound) * plane, blocks: blocks.count,
        height: inputHeight, width: inputWidth, top: band.first - paddingTop, left: -paddingLeft,
        place: place, into: target.pointer + blocks.lowerBound * band.tiles.count * channelLanes,
        channels: inputBlocks * channelLanes)
    }
  }

  /// Makes some blocks of a band's results.
  private func finish(
    _ transformed: Buffer, _ band: Band, _ blocks: Range<Int>,
    _ weights: (packed: Buffer, place: Int), bias: Buffer?,
    _ sweep: (_ start: Int, _ count: Int) -> Void, into result: Buffer
  ) {
    let depth = inputBlocks * channelLanes
    let products = Buffer(count: blocks.count * band.tiles.size(channels: channelLanes))
    band.tiles.multiply(
      transformed, channels: depth, by: weights.packed,
      at: weights.place * 36 * depth * channelLanes, inputs: inputBlocks, outputs: blocks.count,
      into: products, fresh: true)
    for (place, image) in band.images.enumerated() {
      for (index, block) in blocks.enumerated() {
        let start =
          ((image * outputBlocks + block) * outputHeight + band.first) * outputWidth
          * channelLanes
        band.tiles.finish(
          products, block: index, bias: bias.map { $0.pointer + block * channelLanes },
          place: place, to: result.pointer + start)
        sweep(start, band.tiles.rows * outputWidth * channelLanes)
      }
    }
  }

  func tiledWeightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    let bands = bands
    let depth = inputBlocks * channelLanes
    let pitch = Tiles.pairPitch(channels: depth)
    let pairs =
      bands.count >= threadCount && outputBlocks * 36 * pitch <= 500_000
      ? pairsByBands(source, upstream, bands) : pairsByBlocks(source, upstream, bands)
    let unpacked = Buffer(count: outputBlocks * 9 * depth * channelLanes)
    parallel(outputBlocks) { block in
      ck_winograd_unpack(
        unpacked.pointer + block * 9 * depth * channelLanes, depth * channelLanes,
        pairs.pointer + block * 36 * pitch, pitch, depth, channelLanes)
    }
    return unpacked.winogradOrdered(inputs: inputChannels, outputs: outputChannels)
  }

  /// Each thread adds up a run of bands; the shares are added in order.
  private func pairsByBands(_ source: Buffer, _ upstream: Buffer, _ bands: [Band]) -> Buffer {
    let depth = inputBlocks * channelLanes
    let parts = threadCount
    return parallelResults(parts) { part in
      let pairs = Buffer(count: outputBlocks * 36 * Tiles.pairPitch(channels: depth))
      let run = bands.count * part / parts..<bands.count * (part + 1) / parts
      for index in run {
        let (band, tiles) = (bands[index], bands[index].tiles)
        let transformed = Buffer(count: tiles.size(channels: depth))
        transform(source, band, 0..<inputBlocks, into: transformed)
        tiles.pair(
          transformed, channels: depth, with: given(upstream, band, 0..<outputBlocks),
          blocks: outputBlocks, into: pairs.pointer, fresh: index == run.lowerBound)
      }
      return pairs
    }.total
  }

  /// Each thread adds up some blocks of outputs: where the sums are large, one copy is enough.
  private func pairsByBlocks(_ source: Buffer, _ upstream: Buffer, _ bands: [Band]) -> Buffer {
    let depth = inputBlocks * channelLanes
    let size = 36 * Tiles.pairPitch(channels: depth)
    let pairs = Buffer(count: outputBlocks * size)
    for (index, band) in bands.enumerated() {
      let transformed = Buffer(count: band.tiles.size(channels: depth))
      parallelShares(inputBlocks) { transform(source, band, $0, into: transformed) }
      parallelShares(outputBlocks) { blocks in
        band.tiles.pair(
          transformed, channels: depth, with: given(upstream, band, blocks), blocks: blocks.count,
          into: pairs.pointer + blocks.lowerBound * size, fresh: index == 0)
      }
    }
    return pairs
  }

  /// Transforms some blocks of the upstream gradient of a band.
  private func given(_ upstream: Buffer, _ band: Band, _ blocks: Range<Int>) -> Buffer {
    let size = band.tiles.size(channels: channelLanes)
    let result = Buffer(count: blocks.count * size)
    for (place, image) in band.images.enumerated() {
      for (index, block) in blocks.enumerated() {
        let row = (image * outputBlocks + block) * outputHeight + band.first
        band.tiles.upstream(
          upstream.pointer + row * outputWidth * channelLanes, place: place,
          into: result.pointer + index * size)
      }
    }
    return result
  }
}
