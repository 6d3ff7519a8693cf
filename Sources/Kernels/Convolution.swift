internal import CKernels
internal import COneDNN

// The convolution of whole blocked batches, forward and back, on all threads.

extension ConvolutionGeometry {
  /// The same convolution over a whole block of channels, where it has fewer.
  ///
  /// oneDNN has no fast path for blocked pictures of less than one block; the lanes that are added
  /// have weights of 0.
  var filled: ConvolutionGeometry {
    guard groups == 1, inputChannels < channelLanes, !sourceIsPlain, !isChannelsLast else {
      return self
    }
    var filled = self
    filled.inputChannels = channelLanes
    return filled
  }

  /// Weights with zeros for the channels that ``filled`` adds.
  fileprivate func widened(_ weights: Buffer) -> Buffer {
    guard filled != self else { return weights }
    let result = Buffer(repeating: 0, count: filled.weightCount)
    forEachRow { own, wide, length in result.copy(length, from: weights, at: own, to: wide) }
    return result
  }

  /// Weights without the channels that ``filled`` adds.
  fileprivate func narrowed(_ weights: Buffer) -> Buffer {
    guard filled != self else { return weights }
    let result = Buffer(count: weightCount)
    forEachRow { own, wide, length in result.copy(length, from: weights, at: wide, to: own) }
    return result
  }

  /// The runs of weights that keep their order when channels are added.
  private func forEachRow(_ body: (_ own: Int, _ wide: Int, _ length: Int) -> Void) {
    let rows = isTransposed ? 1 : outputChannels
    let (own, wide) = (weightCount / rows, filled.weightCount / rows)
    for row in 0..<rows { body(row * own, row * wide, own) }
  }
}

extension Buffer {
  /// The same weights in the layout that a primitive wants; kept until the weights change.
  func packed(for primitive: Primitive, _ geometry: ConvolutionGeometry) -> Buffer {
    packed(for: primitive, ConvolutionShare(of: geometry), of: geometry)
  }

  /// Likewise of the channels that a share of the work has.
  func packed(
    for primitive: Primitive, _ share: ConvolutionShare, of whole: ConvolutionGeometry
  ) -> Buffer {
    let wanted = primitive.layout(dnnl_query_weights_md)
    let channels = [
      share.firstOutput, share.geometry.outputChannels, share.firstInput,
      share.geometry.inputChannels,
    ]
    return derived(PackedShare(layout: Layout(wanted), channels: channels)) {
      let packed = Buffer(count: primitive.byteCount(dnnl_query_weights_md) / 4)
      let plain = share.geometry.widened(share.cut(self, of: whole))
      reorder(plain.pointer, share.geometry.filled.plainWeights, to: packed.pointer, wanted)
      return packed
    }
  }
}

private struct PackedShare: Hashable {
  let layout: Layout
  let channels: [Int]
}

/// What tells two weight layouts apart, for use as a key.
private struct Layout: Hashable {
  let dimensions, strides, inner, innerIndices: [Int64]

  init(_ layout: dnnl_memory_desc_t) {
    let rank = Int(layout.ndims)
    let blocking = layout.format_desc.blocking
    let innerCount = Int(blocking.inner_nblks)
    dimensions = first(rank, of: layout.padded_dims)
    strides = first(rank, of: blocking.strides)
    inner = first(innerCount, of: blocking.inner_blks)
    innerIndices = first(innerCount, of: blocking.inner_idxs)
  }
}

/// The leading elements of a C array, which Swift sees as a tuple.
private func first<Tuple>(_ count: Int, of tuple: Tuple) -> [Int64] {
  withUnsafeBytes(of: tuple) { Array($0.bindMemory(to: Int64.self).prefix(count)) }
}

extension ConvolutionGeometry {
  private var inputPitch: Int { inputCount / batch }
  private var outputPitch: Int { outputCount / batch }
  private var outputPlane: Int { outputHeight * outputWidth }

  /// Convolves a blocked batch, or a plain one if ``sourceIsPlain``.
  ///
  /// - Parameters:
  ///   - source: `[batch, input, height, width]`.
  ///   - weights: In PyTorch's order.
  ///   - bias: `[output]`.
  ///   - tail: What is done to the results.
  /// - Returns: `[batch, output, height, width]`, blocked.
  public func convolve(_ source: Buffer, weights: Buffer, bias: Buffer, tail: Tail = Tail())
    -> Buffer
  {
    precondition(
      source.count == inputCount && weights.count == weightCount && bias.count == outputChannels,
      "a convolution of \(source.count) floats by \(weights.count) weights, expected \(self)")
    if isSignal {
      let result = signalConvolve(source, weights: weights, bias: bias)
      sweep(tail, over: result)
      return result
    }
    if isNarrow { return narrowConvolve(source, weights: weights, bias: bias, tail: tail) }
    if isTiled { return tiledConvolve(source, weights: weights, bias: bias, tail: tail) }
    if isSpreading { return spreadConvolve(source, weights: weights, bias: bias, tail: tail) }
    let shares = shares(of: \.outputChannels)
    let primitives = shares.map { $0.geometry.filled.primitive(.forward) }
    if primitives[0].isReference {
      return convolveChannelsLast(source, weights: weights, bias: bias, tail: tail)
    }
    let result = Buffer(count: outputCount)
    let packed = zip(shares, primitives).map { weights.packed(for: $1, $0, of: self) }
    let sweep = tail.sweep(
      result, batch: batch, planes: blocks(outputChannels), pixels: outputPlane,
      lanes: channelLanes)
    parallel(shares.count) { part in
      let share = shares[part]
      let start = share.image * outputPitch + share.firstOutput * outputPlane
      primitives[part].execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, source.pointer + share.image * inputPitch),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, packed[part].pointer),
        (DNNL_ARG_BIAS, dnnl_query_weights_md, bias.pointer + share.firstOutput),
        (DNNL_ARG_DST, dnnl_query_dst_md, result.pointer + start),
      ])
      sweep(start, share.geometry.outputCount)
    }
    return result
  }

  /// Takes the steps of a tail on a whole result.
  func sweep(_ tail: Tail, over result: Buffer) {
    guard !tail.steps.isEmpty else { return }
    let sweep = tail.sweep(
      result, batch: batch, planes: blocks(outputChannels), pixels: outputPlane,
      lanes: channelLanes)
    parallelRuns(result.count, sweep)
  }

  /// The gradient with respect to the source of ``convolve(_:weights:bias:tail:)``.
  public func sourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    precondition(!sourceIsPlain, "gradients are blocked")
    if isSignal { return signalSourceGradient(upstream, weights: weights) }
    if isNarrow, hasUnitStride { return narrowSourceGradient(upstream, weights: weights) }
    if isTiled { return tiledSourceGradient(upstream, weights: weights) }
    if isSpreadBack { return spreadSourceGradient(upstream, weights: weights) }
    let shares = shares(of: \.inputChannels)
    let primitives = shares.map { $0.geometry.filled.primitive(.data) }
    if primitives[0].isReference {
      return sourceGradientChannelsLast(upstream, weights: weights)
    }
    let result = Buffer(count: inputCount)
    let packed = zip(shares, primitives).map { weights.packed(for: $1, $0, of: self) }
    parallel(shares.count) { part in
      let share = shares[part]
      let start = share.image * inputPitch + share.firstInput * inputHeight * inputWidth
      primitives[part].execute([
        (
          DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md,
          upstream.pointer + share.image * outputPitch
        ),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, packed[part].pointer),
        (DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, result.pointer + start),
      ])
    }
    return result
  }

  /// The gradient with respect to the weights of ``convolve(_:weights:bias:tail:)``, in PyTorch's
  /// order.
  public func weightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    if isSignal { return signalWeightsGradient(source, upstream) }
    if isNarrow, hasUnitStride { return narrowWeightsGradient(source, upstream) }
    if isTiled { return tiledWeightsGradient(source, upstream) }
    let shares = shares(of: \.outputChannels)
    let primitives = shares.map { $0.geometry.filled.primitive(.weights) }
    if primitives[0].isReference, !sourceIsPlain {
      return weightsGradientChannelsLast(source, upstream)
    }
    let parts = parallelResults(shares.count) { part -> Buffer in
      let (share, primitive) = (shares[part], primitives[part])
      let packed = Buffer(count: primitive.byteCount(dnnl_query_diff_weights_md) / 4)
      primitive.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, source.pointer + share.image * inputPitch),
        (
          DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md,
          upstream.pointer + share.image * outputPitch + share.firstOutput * outputPlane
        ),
        (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, packed.pointer),
      ])
      return share.geometry.unpackedWeights(
        packed, primitive.layout(dnnl_query_diff_weights_md))
    }
    return joined(parts, of: shares)
  }

  /// The gradient of all weights from those of shares.
  func joined(_ parts: [Buffer], of shares: [ConvolutionShare]) -> Buffer {
    // Shares with the same channels are of different pictures.
    let runs = Dictionary(grouping: parts.indices) { shares[$0].firstOutput }
    guard runs.count > 1 else { return parts.total }
    let result = Buffer(count: weightCount)
    for indices in runs.values {
      shares[indices[0]].place(indices.map { parts[$0] }.total, into: result, of: self)
    }
    return result
  }

  /// Weights in a primitive's layout, in PyTorch's order.
  func unpackedWeights(_ packed: Buffer, _ layout: dnnl_memory_desc_t) -> Buffer {
    let plain = Buffer(count: filled.weightCount)
    reorder(packed.pointer, layout, to: plain.pointer, filled.plainWeights)
    return narrowed(plain)
  }
}

extension [Buffer] {
  /// The element-wise sum of buffers of one size, in the first one's memory.
  var total: Buffer {
    guard count > 1 else { return self[0] }
    parallelRuns(self[0].count) { start, length in
      for other in dropFirst() {
        ck_accumulate(self[0].pointer + start, other.pointer + start, 1, length)
      }
    }
    return self[0]
  }
}
