internal import CKernels
internal import COneDNN

/// The hot path of a dense block: per-channel affine map, ReLU and convolution in one sweep over a
/// blocked batch.
///
/// The picture is cut into bands of rows small enough for a core's cache. A thread maps a band with
/// its margin into scratch memory, oneDNN convolves the scratch, and the new maps are written into
/// their place in the target, which may be the very buffer the band was read from. Nothing between
/// the map and the convolution is kept: the pullback makes it again.
///
/// Batch normalization is the affine map with `scale = γ/σ`, `shift = β − γμ/σ`.
public struct NormalizedConvolution: Hashable, Sendable {
  public var batch, height, width: Int
  /// Channels read, from the source's first.
  public var inputChannels: Int
  public var outputChannels: Int
  /// Side of the square kernel, an odd number, so that the picture keeps its size.
  public var kernel: Int

  public init(
    batch: Int, height: Int, width: Int, inputChannels: Int, outputChannels: Int, kernel: Int
  ) {
    self.batch = batch
    self.height = height
    self.width = width
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernel = kernel
  }

  /// A place in a blocked batch: its first channel there and how many channels the batch has.
  public struct Place: Sendable {
    public let buffer: Buffer
    public let channels: Int
    public let offset: Int

    public init(_ buffer: Buffer, channels: Int, offset: Int = 0) {
      self.buffer = buffer
      self.channels = channels
      self.offset = offset
    }
  }

  private var margin: Int { kernel / 2 }
  private var inputBlocks: Int { blocks(inputChannels) }

  /// Bands of nearly equal height whose scratch fits a core's second cache, at least one for each
  /// thread.
  private var bands: [(image: Int, first: Int, rows: Int)] {
    let row = (inputBlocks + blocks(outputChannels)) * channelLanes * width * 4
    let most = max(4, 1_200_000 / row - 2 * margin)
    let least = max(1, (threadCount + batch - 1) / batch)
    let parts = min(max(least, (height + most - 1) / most), max(1, height / 4))
    return (0..<batch).flatMap { image in
      (0..<parts).map { part in
        let first = height * part / parts
        return (image, first, height * (part + 1) / parts - first)
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

  /// Writes `convolution(relu(scale·x + shift)) + bias` into the target.
  ///
  /// - Parameters:
  ///   - source: The batch read; its first `inputChannels` channels are.
  ///   - scale: `[blocks · lanes]`, 0 past `inputChannels`.
  ///   - shift: Likewise.
  ///   - weights: `[outputChannels, inputChannels, kernel, kernel]`.
  ///   - target: Where the new maps go.
  ///   - sums: Where given, receives Σx and Σx² of the new maps at their place.
  public func forward(
    source: Place, scale: Buffer, shift: Buffer, weights: Buffer, bias: Buffer, target: Place,
    sums: ChannelSums?
  ) {
    let bands = bands
    let packed = Dictionary(
      uniqueKeysWithValues: Set(bands.map(\.rows)).map { rows in
        let geometry = geometry(rows: rows, widened: false)
        let primitive = geometry.filled.primitive(.forward)
        return (rows, (primitive, weights.packed(for: primitive, geometry), geometry.outputCount))
      })
    let shares = parallelResults(bands.count) { index -> ChannelSums.Values? in
      let (image, first, rows) = bands[index]
      guard let (primitive, packed, outputCount) = packed[rows] else { return nil }
      let outer = rows + 2 * margin
      let mapped = Buffer(count: inputBlocks * channelLanes * outer * width)
      ck_norm_relu(
        mapped.pointer, picture(image, of: source), scale.pointer, shift.pointer, inputBlocks,
        height, width, channelLanes, first - margin, outer)
      let made = Buffer(count: outputCount)
      primitive.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, mapped.pointer),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, packed.pointer),
        (DNNL_ARG_BIAS, dnnl_query_weights_md, bias.pointer),
        (DNNL_ARG_DST, dnnl_query_dst_md, made.pointer),
      ])
      var own = sums?.emptyCopy
      scatter(
        made, target, image: image, first: first, rows: rows, count: outputChannels, sums: &own)
      return own
    }
    sums?.add(shares)
  }

  /// What ``backward(upstream:correction:source:scale:shift:weights:gradient:fresh:)`` finds
  /// besides the gradient.
  public struct Gradients {
    public let weights, bias: Buffer
    /// Per input channel: Σd and Σd·x, d being the gradient behind the ReLU.
    public let sums: ChannelSums
  }

  /// Adds `scale · d` to the gradient of the source, d being the gradient behind the ReLU, and
  /// finds all other gradients.
  ///
  /// - Parameters:
  ///   - upstream: Where the gradient of the new maps stands.
  ///   - correction: Where given, `constant[c] + slope[c] · values` is added to the upstream
  ///     gradient as it is read.
  ///   - gradient: The gradient of the source, in its shape.
  ///   - fresh: Whether the gradient is overwritten instead of added to.
  public func backward(
    upstream: Place, correction: (constant: Buffer, slope: Buffer, values: Buffer)?, source: Place,
    scale: Buffer, shift: Buffer, weights: Buffer, gradient: Place, fresh: Bool
  ) -> Gradients {
    let bands = bands
    let plans = Dictionary(
      uniqueKeysWithValues: Set(bands.map(\.rows)).map { rows in
        let wide = geometry(rows: rows, widened: true)
        let data = wide.filled.primitive(.data)
        return (
          rows,
          (
            data: data, packed: weights.packed(for: data, wide),
            weights: geometry(rows: rows, widened: false).filled.primitive(.weights)
          )
        )
      })
    let sums = ChannelSums(channels: inputBlocks * channelLanes)
    let biasSums = ChannelSums(channels: blocks(outputChannels) * channelLanes)

    let shares = parallelResults(bands.count) { index -> Share? in
      let (image, first, rows) = bands[index]
      guard let plan = plans[rows] else { return nil }
      let outer = rows + 2 * margin
      let outputRow = blocks(outputChannels) * channelLanes * width

      func gathered(from start: Int, rows: Int) -> Buffer {
        let band = Buffer(count: outputRow * rows)
        let offset = image * pitch(upstream.channels)
        ck_gather(
          band.pointer, upstream.buffer.pointer + offset,
          correction.map { UnsafePointer($0.values.pointer + offset) },
          correction.map { UnsafePointer($0.constant.pointer) },
          correction.map { UnsafePointer($0.slope.pointer) }, upstream.offset, outputChannels,
          height, width, channelLanes, start, rows)
        return band
      }

      let inner = gathered(from: first, rows: rows)
      let mapped = Buffer(count: inputBlocks * channelLanes * outer * width)
      ck_norm_relu(
        mapped.pointer, picture(image, of: source), scale.pointer, shift.pointer, inputBlocks,
        height, width, channelLanes, first - margin, outer)
      let made = Buffer(count: plan.weights.byteCount(dnnl_query_diff_weights_md) / 4)
      plan.weights.execute([
        (DNNL_ARG_SRC, dnnl_query_src_md, mapped.pointer),
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, inner.pointer),
        (DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, made.pointer),
      ])
      var biasShare = biasSums.emptyCopy
      ck_band_sums(
        &biasShare.values, inner.pointer, blocks(outputChannels), width, channelLanes, rows, 0)

      let wide = margin == 0 ? inner : gathered(from: first - margin, rows: outer)
      let behind = Buffer(count: inputBlocks * channelLanes * rows * width)
      plan.data.execute([
        (DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, wide.pointer),
        (DNNL_ARG_WEIGHTS, dnnl_query_weights_md, plan.packed.pointer),
        (DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, behind.pointer),
      ])
      var share = sums.emptyCopy
      ck_norm_relu_pullback(
        gradient.buffer.pointer + image * pitch(gradient.channels), behind.pointer,
        picture(image, of: source), scale.pointer, shift.pointer, &share.values, fresh ? 1 : 0,
        inputBlocks, height, width, channelLanes, first, rows)
      return Share(rows: rows, weights: made, bias: biasShare, sums: share)
    }.compactMap { $0 }

    // Added in the order of the bands, so that a step is the same each time.
    sums.add(shares.map(\.sums))
    biasSums.add(shares.map(\.bias))
    let weightGradients = Set(shares.map(\.rows)).sorted().map { rows in
      let geometry = geometry(rows: rows, widened: false)
      return geometry.unpackedWeights(
        shares.filter { $0.rows == rows }.map(\.weights).total,
        geometry.filled.primitive(.weights).layout(dnnl_query_diff_weights_md))
    }
    return Gradients(
      weights: weightGradients.total,
      bias: Buffer(biasSums.first.prefix(outputChannels).map { Float($0) }), sums: sums)
  }

  /// Copies a whole blocked batch into its place in a larger one.
  public static func place(
    _ source: Buffer, channels: Int, batch: Int, height: Int, width: Int, into target: Place,
    sums: ChannelSums?
  ) {
    let geometry = NormalizedConvolution(
      batch: batch, height: height, width: width, inputChannels: channels,
      outputChannels: channels, kernel: 1)
    let shares = parallelResults(batch) { image -> ChannelSums.Values? in
      var own = sums?.emptyCopy
      geometry.scatter(
        source, from: image * geometry.pitch(channels), target, image: image, first: 0,
        rows: height,
        count: channels, sums: &own)
      return own
    }
    sums?.add(shares)
  }

  /// Copies channels out of a larger blocked batch.
  public static func take(
    _ source: Place, channels: Int, batch: Int, height: Int, width: Int
  ) -> Buffer {
    let result = Buffer(
      count: blockedCount(batch: batch, channels: channels, height: height, width: width))
    let from = blockedCount(batch: 1, channels: source.channels, height: height, width: width)
    parallel(batch) { image in
      ck_gather(
        result.pointer + image * (result.count / batch), source.buffer.pointer + image * from, nil,
        nil, nil, source.offset, channels, height, width, channelLanes, 0, height)
    }
    return result
  }

  private func blocks(_ channels: Int) -> Int { (channels + channelLanes - 1) / channelLanes }

  /// Floats of one picture of so many channels.
  private func pitch(_ channels: Int) -> Int { blocks(channels) * channelLanes * height * width }

  private func picture(_ image: Int, of place: Place) -> UnsafeMutablePointer<Float> {
    place.buffer.pointer + image * pitch(place.channels)
  }

  private func scatter(
    _ band: Buffer, from start: Int = 0, _ target: Place, image: Int, first: Int, rows: Int,
    count: Int, sums: inout ChannelSums.Values?
  ) {
    let to = picture(image, of: target)
    if sums == nil {
      ck_scatter(
        to, band.pointer + start, nil, 0, target.offset, count, height, width, channelLanes, first,
        rows)
    } else {
      let stride = sums?.channels ?? 0
      sums?.values.withUnsafeMutableBufferPointer { values in
        ck_scatter(
          to, band.pointer + start, values.baseAddress, stride, target.offset, count, height,
          width, channelLanes, first, rows)
      }
    }
  }
}

/// What one band adds to the gradients.
private struct Share {
  let rows: Int
  let weights: Buffer
  let bias, sums: ChannelSums.Values
}
