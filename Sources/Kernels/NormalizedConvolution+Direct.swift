internal import CKernels
internal import COneDNN

// Bands convolved by oneDNN: a band with its margin is mapped into scratch memory first.

extension NormalizedConvolution {
  /// Bands of nearly equal height whose scratch fits a core's second cache, at least one for each
  /// thread.
  var directBands: [Band] {
    let row = (inputBlocks + outputBlocks) * channelLanes * width * 4
    let most = max(4, 1_200_000 / row - 2 * margin)
    let least = max(1, (threadCount + batch - 1) / batch)
    let parts = min(max(least, (height + most - 1) / most), max(1, height / 4))
    return (0..<batch).flatMap { image in
      (0..<parts).map { part in
        let first = height * part / parts
        return Band(image: image, first: first, rows: height * (part + 1) / parts - first)
      }
    }
  }

  /// The convolution of a band: `rows` high with its margin on one side, without on the other.
  private func geometry(rows: Int, widened: Bool) -> ConvolutionGeometry {
    let outer = rows + 2 * margin
    var geometry = ConvolutionGeometry(
      batch: 1, inputChannels: inputChannels, inputHeight: widened ? rows : outer,
      inputWidth: width, outputChannels: outputChannels, outputHeight: widened ? outer : rows,
      outputWidth: width, kernelHeight: kernel, kernelWidth: kernel)
    geometry.paddingTop = widened ? 2 * margin : 0
    geometry.paddingLeft = margin
    return geometry
  }

  /// A band of what the convolution reads, with its margin.
  private func mapped(_ read: Activation, _ band: Band) -> Buffer {
    let outer = band.rows + 2 * margin
    let result = Buffer(count: inputBlocks * channelLanes * outer * width)
    ck_norm_relu(
      result.pointer, picture(band.image, of: read.source), read.scale.pointer,
      read.shift.pointer, inputBlocks, height, width, channelLanes, band.first - margin, outer)
    return result
  }

  /// Makes the new maps of a band.
  func direct(_ read: Activation, weights: Buffer, bias: Buffer, bands: [Band]) -> (Band) -> Buffer
  {
    let plans = plans(bands) { rows in
      let geometry = geometry(rows: rows, widened: false)
      let primitive = geometry.filled.primitive(.forward)
      return (
        primitive: primitive, packed: weights.packed(for: primitive, geometry),
        count: geometry.outputCount
      )
    }
    return { band in
      let plan = plans(band.rows)
      let mapped = mapped(read, band)
      let made = Buffer(count: plan.count)
      plan.primitive.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, mapped.pointer),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, plan.packed.pointer),
        (DNNL_ARG_BIAS, dnnl_query_weights_md, bias.pointer),
        (DNNL_ARG_DST, dnnl_query_dst_md, made.pointer),
      ])
      return made
    }
  }

  /// Adds to the gradient of the source and finds a band's share of the others.
  func directPullback(
    _ upstream: Upstream, _ read: Activation, weights: Buffer, _ target: Target, bands: [Band]
  ) -> (Band) -> Share {
    let plans = plans(bands) { rows in
      let wide = geometry(rows: rows, widened: true)
      let data = wide.filled.primitive(.data)
      return (
        data: data, packed: weights.packed(for: data, wide),
        weights: geometry(rows: rows, widened: false).filled.primitive(.weights)
      )
    }
    return { band in
      let plan = plans(band.rows)
      let mapped = mapped(read, band)
      let inner = gathered(upstream, band, margin: 0)
      let made = Buffer(count: plan.weights.byteCount(dnnl_query_diff_weights_md) / 4)
      plan.weights.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, mapped.pointer),
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, inner.pointer),
        (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, made.pointer),
      ])
      var bias = ChannelSums.Values(channels: outputBlocks * channelLanes)
      ck_band_sums(
        &bias.values, inner.pointer, outputBlocks, width, channelLanes, band.rows, 0)

      let wide = margin == 0 ? inner : gathered(upstream, band, margin: margin)
      let behind = Buffer(count: inputBlocks * channelLanes * band.rows * width)
      plan.data.execute([
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, wide.pointer),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, plan.packed.pointer),
        (DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, behind.pointer),
      ])
      var sums = ChannelSums.Values(channels: inputBlocks * channelLanes)
      ck_norm_relu_pullback(
        picture(band.image, of: target.place), behind.pointer,
        picture(band.image, of: read.source), read.scale.pointer, read.shift.pointer,
        &sums.values, target.fresh ? 1 : 0, inputBlocks, height, width, channelLanes, band.first,
        band.rows)
      return Share(rows: band.rows, weights: made, bias: bias, sums: sums)
    }
  }

  /// The gradient of the weights in PyTorch's order.
  func directWeights(_ shares: [Share]) -> Buffer {
    Set(shares.map(\.rows)).sorted().map { rows in
      let geometry = geometry(rows: rows, widened: false)
      return geometry.unpackedWeights(
        shares.filter { $0.rows == rows }.map(\.weights).total,
        geometry.filled.primitive(.weights).layout(dnnl_query_diff_weights_md))
    }.total
  }

  /// What `make` makes of each height that bands have, made once.
  private func plans<Plan>(_ bands: [Band], _ make: (Int) -> Plan) -> (Int) -> Plan {
    let plans = Dictionary(
      uniqueKeysWithValues: Set(bands.map(\.rows)).map { ($0, make($0)) })
    return { rows in
      guard let plan = plans[rows] else { preconditionFailure("no band is \(rows) rows high") }
      return plan
    }
  }
}
