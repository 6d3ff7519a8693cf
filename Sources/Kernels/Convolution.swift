internal import CKernels
internal import COneDNN

// The convolution of whole blocked batches, forward and back, on all threads.

extension Buffer {
  /// The same weights in the layout that a primitive wants; kept until the weights change.
  func packed(for primitive: Primitive, _ geometry: ConvolutionGeometry) -> Buffer {
    let wanted = primitive.layout(dnnl_query_weights_md)
    return derived(Layout(wanted)) {
      let packed = Buffer(count: primitive.byteCount(dnnl_query_weights_md) / 4)
      let plain = geometry.widened(self)
      reorder(plain.pointer, geometry.filled.plainWeights, to: packed.pointer, wanted)
      return packed
    }
  }
}

extension ConvolutionGeometry {
  /// The same convolution over a whole block of channels, where it has fewer.
  ///
  /// oneDNN has no fast path for blocked pictures of less than one block; the lanes that are added
  /// have weights of 0.
  var filled: ConvolutionGeometry {
    guard groups == 1, inputChannels < channelLanes else { return self }
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
  /// The batch cut into one run of pictures per thread.
  private var shares: [(start: Int, geometry: ConvolutionGeometry)] {
    let parts = min(threadCount, batch)
    return (0..<parts).map { part in
      var share = filled
      let start = batch * part / parts
      share.batch = batch * (part + 1) / parts - start
      return (start, share)
    }
  }

  private var inputPitch: Int { inputCount / batch }
  private var outputPitch: Int { outputCount / batch }

  /// Convolves a blocked batch.
  ///
  /// - Parameters:
  ///   - source: `[batch, input, height, width]`, blocked.
  ///   - weights: In PyTorch's order.
  ///   - bias: `[output]`.
  /// - Returns: `[batch, output, height, width]`, blocked.
  public func convolve(_ source: Buffer, weights: Buffer, bias: Buffer) -> Buffer {
    precondition(
      source.count == inputCount && weights.count == weightCount && bias.count == outputChannels,
      "a convolution of \(source.count) floats by \(weights.count) weights, expected \(self)")
    if isSignal { return signalConvolve(source, weights: weights, bias: bias) }
    if isTiled { return tiledConvolve(source, weights: weights, bias: bias) }
    let result = Buffer(count: outputCount)
    let shares = shares
    let primitives = shares.map { $0.geometry.primitive(.forward) }
    let packed = shares.indices.map { weights.packed(for: primitives[$0], self) }
    parallel(shares.count) { part in
      primitives[part].execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, source.pointer + shares[part].start * inputPitch),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, packed[part].pointer),
        (DNNL_ARG_BIAS, dnnl_query_weights_md, bias.pointer),
        (DNNL_ARG_DST, dnnl_query_dst_md, result.pointer + shares[part].start * outputPitch),
      ])
    }
    return result
  }

  /// The gradient with respect to the source of ``convolve(_:weights:bias:)``.
  public func sourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    if isSignal { return signalSourceGradient(upstream, weights: weights) }
    if isTiled { return tiledSourceGradient(upstream, weights: weights) }
    let result = Buffer(count: inputCount)
    let shares = shares
    let primitives = shares.map { $0.geometry.primitive(.data) }
    let packed = shares.indices.map { weights.packed(for: primitives[$0], self) }
    parallel(shares.count) { part in
      primitives[part].execute([
        (
          DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md,
          upstream.pointer + shares[part].start * outputPitch
        ),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, packed[part].pointer),
        (
          DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md,
          result.pointer + shares[part].start * inputPitch
        ),
      ])
    }
    return result
  }

  /// The gradient with respect to the weights of ``convolve(_:weights:bias:)``, in PyTorch's order.
  public func weightsGradient(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    if isSignal { return signalWeightsGradient(source, upstream) }
    if isTiled { return tiledWeightsGradient(source, upstream) }
    let shares = shares
    let primitives = shares.map { $0.geometry.primitive(.weights) }
    let parts = primitives.map { Buffer(count: $0.byteCount(dnnl_query_diff_weights_md) / 4) }
    parallel(shares.count) { part in
      primitives[part].execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, source.pointer + shares[part].start * inputPitch),
        (
          DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md,
          upstream.pointer + shares[part].start * outputPitch
        ),
        (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, parts[part].pointer),
      ])
    }
    return zip(primitives, parts).map { primitive, part in
      unpackedWeights(part, primitive.layout(dnnl_query_diff_weights_md))
    }.total
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
    parallelRuns(self[0].count) { start, length in
      for other in dropFirst() {
        ck_accumulate(self[0].pointer + start, other.pointer + start, 1, length)
      }
    }
    return self[0]
  }
}
