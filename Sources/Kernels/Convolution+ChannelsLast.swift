internal import CKernels
internal import COneDNN

// Convolutions for which oneDNN has nothing fast in blocks, such as groups that do not fill them: run
// with the channels last, between two changes of layout.

extension ConvolutionGeometry {
  /// Some of the pictures, or where there are fewer of them than threads, some of the groups.
  private var channelsLastShares: [ConvolutionShare] {
    let runs = min(threadCount, batch)
    let parts = min((threadCount + runs - 1) / runs, groups)
    return (0..<runs).flatMap { run in
      (0..<parts).map { part in
        var share = ConvolutionShare(of: self)
        share.geometry.isChannelsLast = true
        share.image = batch * run / runs
        share.geometry.batch = batch * (run + 1) / runs - share.image
        let first = groups * part / parts
        share.geometry.groups = groups * (part + 1) / parts - first
        share.geometry.inputChannels = inputChannels / groups * share.geometry.groups
        share.geometry.outputChannels = outputChannels / groups * share.geometry.groups
        share.firstInput = inputChannels / groups * first
        share.firstOutput = outputChannels / groups * first
        return share
      }
    }
  }

  private var inputPixels: Int { inputHeight * inputWidth }
  private var outputPixels: Int { outputHeight * outputWidth }

  func convolveChannelsLast(_ source: Buffer, weights: Buffer, bias: Buffer, tail: Tail) -> Buffer {
    let result = Buffer(count: outputCount)
    let shares = channelsLastShares
    parallel(shares.count) { part in
      let share = shares[part]
      let primitive = share.geometry.primitive(.forward)
      let read = gathered(source, share, from: share.firstInput, \.inputChannels, inputPixels)
      let made = Buffer(count: share.geometry.outputCount)
      primitive.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, read.pointer),
        (
          DNNL_ARG_WEIGHTS, dnnl_query_weights_md,
          weights.packed(for: primitive, share, of: self).pointer
        ),
        (DNNL_ARG_BIAS, dnnl_query_weights_md, bias.pointer + share.firstOutput),
        (DNNL_ARG_DST, dnnl_query_dst_md, made.pointer),
      ])
      scatter(made, share, to: share.firstOutput, \.outputChannels, outputPixels, of: result)
    }
    sweep(tail, over: result)
    return result
  }

  func sourceGradientChannelsLast(_ upstream: Buffer, weights: Buffer) -> Buffer {
    let result = Buffer(count: inputCount)
    let shares = channelsLastShares
    parallel(shares.count) { part in
      let share = shares[part]
      let primitive = share.geometry.primitive(.data)
      let read = gathered(
        upstream, share, from: share.firstOutput, \.outputChannels, outputPixels)
      let made = Buffer(count: share.geometry.inputCount)
      primitive.execute([
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, read.pointer),
        (
          DNNL_ARG_WEIGHTS, dnnl_query_weights_md,
          weights.packed(for: primitive, share, of: self).pointer
        ),
        (DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, made.pointer),
      ])
      scatter(made, share, to: share.firstInput, \.inputChannels, inputPixels, of: result)
    }
    return result
  }

  func weightsGradientChannelsLast(_ source: Buffer, _ upstream: Buffer) -> Buffer {
    let shares = channelsLastShares
    let parts = parallelResults(shares.count) { part -> Buffer in
      let share = shares[part]
      let primitive = share.geometry.primitive(.weights)
      let read = gathered(source, share, from: share.firstInput, \.inputChannels, inputPixels)
      let given = gathered(
        upstream, share, from: share.firstOutput, \.outputChannels, outputPixels)
      let packed = Buffer(count: primitive.byteCount(dnnl_query_diff_weights_md) / 4)
      primitive.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, read.pointer),
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, given.pointer),
        (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, packed.pointer),
      ])
      return share.geometry.unpackedWeights(
        packed, primitive.layout(dnnl_query_diff_weights_md))
    }
    return joined(parts, of: shares)
  }

  /// The channels of a share, last.
  private func gathered(
    _ blocked: Buffer, _ share: ConvolutionShare, from channel: Int,
    _ channels: KeyPath<ConvolutionGeometry, Int>, _ pixels: Int
  ) -> Buffer {
    let count = share.geometry[keyPath: channels]
    let result = Buffer(count: share.geometry.batch * count * pixels)
    for image in 0..<share.geometry.batch {
      ck_block_to_last(
        result.pointer + image * count * pixels,
        blocked.pointer + (share.image + image) * (blocked.count / batch), channel, count, pixels,
        channelLanes)
    }
    return result
  }

  /// The reverse of ``gathered(_:_:from:_:_:)``.
  private func scatter(
    _ last: Buffer, _ share: ConvolutionShare, to channel: Int,
    _ channels: KeyPath<ConvolutionGeometry, Int>, _ pixels: Int, of blocked: Buffer
  ) {
    let count = share.geometry[keyPath: channels]
    for image in 0..<share.geometry.batch {
      ck_last_to_block(
        blocked.pointer + (share.image + image) * (blocked.count / batch),
        last.pointer + image * count * pixels, channel, count, self[keyPath: channels], pixels,
        channelLanes)
    }
  }
}
