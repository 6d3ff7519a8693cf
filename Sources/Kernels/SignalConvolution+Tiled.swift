internal import CKernels

// Convolutions of signals at stride 1 by Winograd's method, in bands of tiles that stay in a core's
// second cache.

extension ConvolutionGeometry {
  /// Whether a signal is long enough, and its kernel large enough beside the transforms, for Winograd's method to pay.
  var isTiledSignal: Bool {
    isSignal && !isTransposed && strideWidth == 1
      && (kernelWidth >= 5 || kernelWidth >= 3 && min(inputChannels, outputChannels) >= 64)
      && min(inputChannels, outputChannels) >= channelLanes
      && min(inputWidth, outputWidth) >= 96 * dilationWidth
  }

  private var groupsOfTaps: Int { (kernelWidth + 3) / 4 }

  /// A run of tiles of one image's results that are as far apart as the taps of a dilated kernel.
  private struct Band {
    let image, start, count: Int
  }

  /// Bands of about so many tiles over results of a length.
  private func bands(_ length: Int, tiles most: Int) -> [Band] {
    (0..<batch).flatMap { image in
      (0..<dilationWidth).flatMap { phase -> [Band] in
        let results = (length - phase + dilationWidth - 1) / dilationWidth
        let tiles = (results + 3) / 4
        let parts = (tiles + most - 1) / most
        return (0..<parts).map { part in
          let (first, end) = (tiles * part / parts, tiles * (part + 1) / parts)
          return Band(
            image: image, start: phase + 4 * first * dilationWidth, count: end - first)
        }
      }
    }
  }

  /// One of the seven products of a band: a convolution of tiles by groups of taps.
  private func product(_ sources: Int, _ results: Int, tiles: Int) -> ck_signal {
    var signal = ck_signal()
    signal.source_blocks = blockCount(sources)
    signal.source_length = tiles + groupsOfTaps - 1
    signal.source_pitch = signal.source_length * channelLanes
    signal.source_step = 1
    signal.result_blocks = blockCount(results)
    signal.result_pitch = tiles * channelLanes
    signal.result_step = 1
    signal.taps = groupsOfTaps
    withUnsafeMutableBytes(of: &signal.offsets) { bytes in
      let offsets = bytes.bindMemory(to: Int.self)
      for group in 0..<groupsOfTaps { offsets[group] = group }
    }
    return signal
  }

  func tiledSignalConvolve(_ source: Buffer, weights: Buffer, bias: Buffer) -> Buffer {
    let added = bias.extended(to: blockCount(outputChannels) * channelLanes)
    return convolve(
      source, (inputChannels, inputWidth), to: (outputChannels, outputWidth), weights, bias: added,
      padding: paddingLeft, turned: false)
  }

  func tiledSignalSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    convolve(
      upstream, (outputChannels, outputWidth), to: (inputChannels, inputWidth), weights, bias: nil,
      padding: dilationWidth * (kernelWidth - 1) - paddingLeft, turned: true)
  }

  private func convolve(
    _ source: Buffer, _ from: (channels: Int, length: Int), to: (channels: Int, length: Int),
    _ weights: Buffer, bias: Buffer?, padding: Int, turned: Bool
  ) -> Buffer {
    let packed = weights.derived(TilePacking(turned: turned, taps: kernelWidth)) {
      pack(weights, from.channels, to.channels, turned: turned)
    }
    let result = Buffer(
      count: blockedCount(batch: batch, channels: to.channels, height: 1, width: to.length))
    let bands = bands(to.length, tiles: 64)
    parallel(bands.count) { index in
      let band = bands[index]
      var signal = product(from.channels, to.channels, tiles: band.count)
      let (tiles, pitch) = tiles(
        of: source.pointer + band.image * (source.count / batch), from, band, signal,
        padding: padding)
      let resultPitch = signal.result_blocks * signal.result_pitch
      let products = Buffer(count: 7 * resultPitch)
      for point in 0..<7 {
        ck_signal_convolve(
          products.pointer + point * resultPitch, &signal, tiles.pointer + point * pitch,
          packed.pointer + point * (packed.count / 7), nil, 0, signal.result_blocks, 0, band.count,
          channelLanes)
      }
      ck_signal_results(
        result.pointer + band.image * (result.count / batch), to.length * channelLanes,
        products.pointer, resultPitch, bias?.pointer, signal.result_blocks, to.length, band.start,
        dilationWidth, band.count, channelLanes)
    }
    return result
  }

  /// The transformed sources of a band.
  private func tiles(
    of source: UnsafePointer<Float>, _ from: (channels: Int, length: Int), _ band: Band,
    _ signal: ck_signal, padding: Int
  ) -> (tiles: Buffer, pitch: Int) {
    let pitch = signal.source_blocks * signal.source_pitch
    let tiles = Buffer(count: 7 * pitch)
    ck_signal_tiles(
      tiles.pointer, pitch, source, from.length * channelLanes, signal.source_blocks, from.length,
      band.start - padding, dilationWidth, signal.source_length, channelLanes)
    return (tiles, pitch)
  }

  private func pack(_ weights: Buffer, _ sources: Int, _ results: Int, turned: Bool) -> Buffer {
    let signal = product(sources, results, tiles: 1)
    let packed = Buffer(count: 7 * gradientCount(signal))
    let (narrow, wide) = (kernelWidth, inputChannels * kernelWidth)
    parallel(signal.result_blocks) { block in
      var own = signal
      ck_signal_pack_tiles(
        packed.pointer, weights.pointer, &own, kernelWidth, turned ? 1 : 0, results, sources,
        turned ? narrow : wide, turned ? wide : narrow, block, channelLanes)
    }
    return packed
  }

  /// The floats of all weights at one point, in whole blocks.
  private func gradientCount(_ signal: ck_signal) -> Int {
    signal.result_blocks * signal.source_blocks * signal.taps * channelLanes * channelLanes
  }

  /// Whether sums at seven points cost less than they spare: there must be many positions beside the weights.
  var isTiledInWeights: Bool {
    isTiledSignal && batch * outputWidth >= 8 * max(inputChannels, outputChannels)
  }

  func tiledSignalWeightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    let whole = product(inputChannels, outputChannels, tiles: 1)
    let pointPitch = gradientCount(whole)
    // Threads share the results' blocks, or else the bands; then each has sums of its own.
    let sharesBlocks = whole.result_blocks >= 2 * threadCount
    let bands = bands(outputWidth, tiles: max(32, 27_000 / (inputChannels + outputChannels)))
    let parts = sharesBlocks ? threadCount : min(threadCount, bands.count)
    let sums = (0..<(sharesBlocks ? 1 : parts)).map { _ in
      Buffer(repeating: 0, count: 7 * pointPitch)
    }
    parallel(parts) { part in
      func share(_ count: Int, _ isShared: Bool) -> Range<Int> {
        isShared ? count * part / parts..<count * (part + 1) / parts : 0..<count
      }
      let blocks = share(whole.result_blocks, sharesBlocks)
      let own = sums[sharesBlocks ? 0 : part]
      for band in bands[share(bands.count, !sharesBlocks)] {
        var signal = product(inputChannels, outputChannels, tiles: band.count)
        let (tiles, pitch) = tiles(
          of: source.pointer + band.image * (source.count / batch), (inputChannels, inputWidth),
          band, signal, padding: paddingLeft)
        let upstreamPitch = blocks.count * signal.result_pitch
        let slopes = Buffer(count: 7 * upstreamPitch)
        let image = upstream.pointer + band.image * (upstream.count / batch)
        ck_signal_upstream(
          slopes.pointer, upstreamPitch,
          image + blocks.lowerBound * outputWidth * channelLanes, outputWidth * channelLanes,
          blocks.count, outputWidth, band.start, dilationWidth, band.count, channelLanes)
        for point in 0..<7 {
          ck_signal_weights(
            own.pointer + point * pointPitch + blocks.lowerBound
              * (pointPitch / whole.result_blocks),
            &signal, tiles.pointer + point * pitch, slopes.pointer + point * upstreamPitch, 0,
            blocks.count, 0, band.count, channelLanes)
        }
      }
    }
    let total = sums.total
    let result = Buffer(count: weightCount)
    parallel(whole.result_blocks) { block in
      var own = whole
      ck_signal_unpack_tiles(
        result.pointer, total.pointer, &own, kernelWidth, outputChannels, inputChannels,
        inputChannels * kernelWidth, kernelWidth, block, channelLanes)
    }
    return result
  }
}

/// What tells two packings apart.
private struct TilePacking: Hashable {
  let turned: Bool
  let taps: Int
}
