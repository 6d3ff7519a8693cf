internal import CKernels

// Convolutions of signals: of pictures of one row, in one group.

extension ConvolutionGeometry {
  /// Whether this file's convolution applies.
  var isSignal: Bool {
    inputHeight == 1 && outputHeight == 1 && kernelHeight == 1 && paddingTop == 0
      && kernelWidth <= Int(CK_SIGNAL_TAPS) && groups == 1
  }

  /// The side on which kernels lie, and the side with a place for each kernel.
  private var under: (channels: Int, length: Int) {
    isTransposed ? (outputChannels, outputWidth) : (inputChannels, inputWidth)
  }
  private var over: (channels: Int, length: Int) {
    isTransposed ? (inputChannels, inputWidth) : (outputChannels, outputWidth)
  }

  /// Results at even distances, and the taps that each of them has.
  fileprivate struct Phase {
    var signal: ck_signal
    /// Where the first result stands, and how many there are.
    let start, count: Int
    /// Of the kernel, in the order of the offsets.
    let taps: [Int]

    init(
      _ taps: [(tap: Int, offset: Int)], from source: (channels: Int, length: Int), step: Int,
      to result: (channels: Int, length: Int), start: Int, resultStep: Int
    ) {
      signal = ck_signal()
      signal.source_blocks = blockCount(source.channels)
      signal.source_pitch = source.length * channelLanes
      signal.source_length = source.length
      signal.source_step = step
      signal.result_blocks = blockCount(result.channels)
      signal.result_pitch = result.length * channelLanes
      signal.result_step = resultStep
      signal.taps = taps.count
      withUnsafeMutableBytes(of: &signal.offsets) { bytes in
        let offsets = bytes.bindMemory(to: Int.self)
        for (index, tap) in taps.enumerated() { offsets[index] = tap.offset }
      }
      self.start = start
      count = max(0, (result.length - start + resultStep - 1) / resultStep)
      self.taps = taps.map(\.tap)
    }
  }

  /// From under the kernels to their places.
  private var gathering: [Phase] {
    let taps = (0..<kernelWidth).map { (tap: $0, offset: $0 * dilationWidth - paddingLeft) }
    return [Phase(taps, from: under, step: strideWidth, to: over, start: 0, resultStep: 1)]
  }

  /// From their places to what lies under the kernels: a phase for each remainder of the stride.
  private var spreading: [Phase] {
    (0..<strideWidth).map { start in
      let taps = (0..<kernelWidth).compactMap { tap -> (tap: Int, offset: Int)? in
        let distance = start + paddingLeft - tap * dilationWidth
        return distance % strideWidth == 0 ? (tap, distance / strideWidth) : nil
      }
      return Phase(
        taps, from: over, step: 1, to: under, start: start, resultStep: strideWidth)
    }
  }

  func signalConvolve(_ source: Buffer, weights: Buffer, bias: Buffer) -> Buffer {
    if isTiledSignal { return tiledSignalConvolve(source, weights: weights, bias: bias) }
    let added = bias.extended(to: blockCount(outputChannels) * channelLanes)
    return run(
      isTransposed ? spreading : gathering, source, weights, bias: added, spreads: isTransposed,
      count: outputCount)
  }

  func signalSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    if isTiledSignal { return tiledSignalSourceGradient(upstream, weights: weights) }
    return run(
      isTransposed ? gathering : spreading, upstream, weights, bias: nil, spreads: !isTransposed,
      count: inputCount)
  }

  private func run(
    _ phases: [Phase], _ source: Buffer, _ weights: Buffer, bias: Buffer?, spreads: Bool,
    count: Int
  ) -> Buffer {
    let result = Buffer(count: count)
    let packed = phases.indices.map { index in
      weights.derived(Packing(phase: index, spreads: spreads, geometry: weightLayout)) {
        pack(phases[index], weights, spreads: spreads)
      }
    }
    let pairs = (phases[0].signal.result_blocks + 1) / 2
    let parts = max(1, 4 * threadCount / (batch * phases.count * pairs))
    let (sourcePitch, pitch) = (source.count / batch, count / batch)
    parallel(batch * phases.count * pairs * parts) { index in
      let (part, pair) = (index % parts, index / parts % pairs)
      let (phase, image) = (
        index / parts / pairs % phases.count, index / parts / pairs / phases.count
      )
      let own = phases[phase]
      // Whole tiles, but for the last.
      let length = ((own.count + parts - 1) / parts + 11) / 12 * 12
      let first = part * length
      guard first < own.count else { return }
      var signal = own.signal
      ck_signal_convolve(
        result.pointer + image * pitch + own.start * channelLanes, &signal,
        source.pointer + image * sourcePitch, packed[phase].pointer, bias?.pointer, 2 * pair,
        min(2, signal.result_blocks - 2 * pair), first, min(own.count, first + length),
        channelLanes)
    }
    return result
  }

  private func pack(_ phase: Phase, _ weights: Buffer, spreads: Bool) -> Buffer {
    let signal = phase.signal
    let size = signal.source_blocks * max(1, signal.taps) * channelLanes * channelLanes
    let packed = Buffer(count: signal.result_blocks * size)
    let (narrow, wide) = (kernelWidth, under.channels * kernelWidth)
    parallel(signal.result_blocks) { block in
      var own = signal
      ck_signal_pack(
        packed.pointer, weights.pointer, &own, phase.taps,
        spreads ? under.channels : over.channels, spreads ? over.channels : under.channels,
        spreads ? narrow : wide, spreads ? wide : narrow, block, channelLanes)
    }
    return packed
  }

  func signalWeightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    if isTiledInWeights { return tiledSignalWeightsGradient(source, upstream) }
    let phase = gathering[0]
    let (below, above) = isTransposed ? (upstream, source) : (source, upstream)
    let blocks = phase.signal.result_blocks
    let size = phase.signal.source_blocks * phase.signal.taps * channelLanes * channelLanes
    let parts = max(1, min(2 * threadCount / blocks, batch * phase.count / 256))
    let sums = (0..<parts).map { _ in Buffer(repeating: 0, count: blocks * size) }
    let (belowPitch, abovePitch) = (below.count / batch, above.count / batch)
    parallel(blocks * parts) { index in
      let (block, part) = (index % blocks, index / blocks)
      var signal = phase.signal
      let all = batch * phase.count
      let end = all * (part + 1) / parts
      var position = all * part / parts
      while position < end {
        let (image, first) = (position / phase.count, position % phase.count)
        let stop = min(phase.count, first + end - position)
        ck_signal_weights(
          sums[part].pointer, &signal, below.pointer + image * belowPitch,
          above.pointer + image * abovePitch, block, 1, first, stop, channelLanes)
        position += stop - first
      }
    }
    let total = sums.total
    let result = Buffer(count: weightCount)
    var signal = phase.signal
    ck_signal_unpack(
      result.pointer, total.pointer, &signal, phase.taps, over.channels, under.channels,
      under.channels * kernelWidth, kernelWidth, channelLanes)
    return result
  }

  /// What the packing of weights depends on.
  private var weightLayout: ConvolutionGeometry {
    var layout = self
    (layout.batch, layout.inputWidth, layout.outputWidth) = (1, 1, 1)
    return layout
  }
}

/// What tells two packings apart.
private struct Packing: Hashable {
  let phase: Int
  let spreads: Bool
  let geometry: ConvolutionGeometry
}

/// Blocks of so many channels.
func blockCount(_ channels: Int) -> Int { (channels + channelLanes - 1) / channelLanes }
