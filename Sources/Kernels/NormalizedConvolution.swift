internal import CKernels

/// The hot path of a dense block: per-channel affine map, ReLU and convolution in one sweep over a
/// blocked batch.
///
/// The picture is cut into bands of rows small enough for a core's cache. A thread maps and
/// convolves a band in scratch memory, and the new maps are written into their place in the target,
/// which may be the very buffer the band was read from. Nothing between the map and the convolution
/// is kept: the pullback makes it again. 3×3 kernels over pictures of some size are convolved by
/// Winograd's method, all others by oneDNN.
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

  var margin: Int { kernel / 2 }
  var inputBlocks: Int { blocks(inputChannels) }
  var outputBlocks: Int { blocks(outputChannels) }

  /// A run of rows of one picture.
  struct Band {
    let image, first, rows: Int
  }

  /// What one band adds to the gradients.
  struct Share {
    let rows: Int
    let weights: Buffer
    let bias, sums: ChannelSums.Values
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
    let read = Activation(source: source, scale: scale, shift: shift)
    let bands = isTiled ? tiledBands : directBands
    let convolve =
      isTiled
      ? tiled(read, weights: weights, bias: bias)
      : direct(read, weights: weights, bias: bias, bands: bands)
    let shares = parallelResults(bands.count, cancelled: .some(nil)) {
      index -> ChannelSums.Values? in
      let band = bands[index]
      var own = sums?.emptyCopy
      scatter(
        convolve(band), target, image: band.image, first: band.first, rows: band.rows,
        count: outputChannels, sums: &own)
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
    let read = Activation(source: source, scale: scale, shift: shift)
    let given = Upstream(place: upstream, correction: correction)
    let target = Target(place: gradient, fresh: fresh)
    let bands = isTiled ? tiledBands : directBands
    let pullback =
      isTiled
      ? tiledPullback(given, read, weights: weights, target)
      : directPullback(given, read, weights: weights, target, bands: bands)
    let shares = parallelResults(bands.count) { pullback(bands[$0]) }

    // Added in the order of the bands, so that a step is the same each time.
    let sums = ChannelSums(channels: inputBlocks * channelLanes)
    let biasSums = ChannelSums(channels: outputBlocks * channelLanes)
    sums.add(shares.map(\.sums))
    biasSums.add(shares.map(\.bias))
    return Gradients(
      weights: isTiled ? tiledWeights(shares) : directWeights(shares),
      bias: Buffer(biasSums.first.prefix(outputChannels).map { Float($0) }), sums: sums)
  }

  /// What the convolution reads: `relu(scale·x + shift)` of a batch.
  struct Activation {
    let source: Place
    let scale, shift: Buffer
  }

  /// The gradient of what the convolution made.
  struct Upstream {
    let place: Place
    let correction: (constant: Buffer, slope: Buffer, values: Buffer)?
  }

  /// Where the gradient of the source goes.
  struct Target {
    let place: Place
    let fresh: Bool
  }

  /// The upstream gradient of a band with so many rows above and below, blocked.
  func gathered(_ upstream: Upstream, _ band: Band, margin: Int) -> Buffer {
    let rows = band.rows + 2 * margin
    let result = Buffer(count: outputBlocks * channelLanes * width * rows)
    let offset = band.image * pitch(upstream.place.channels)
    let correction = upstream.correction
    ck_gather(
      result.pointer, upstream.place.buffer.pointer + offset,
      correction.map { UnsafePointer($0.values.pointer + offset) },
      correction.map { UnsafePointer($0.constant.pointer) },
      correction.map { UnsafePointer($0.slope.pointer) }, upstream.place.offset, outputChannels,
      height, width, channelLanes, band.first - margin, rows)
    return result
  }

  /// Copies a whole blocked batch into its place in a larger one.
  public static func place(
    _ source: Buffer, channels: Int, batch: Int, height: Int, width: Int, into target: Place,
    sums: ChannelSums?
  ) {
    let geometry = NormalizedConvolution(
      batch: batch, height: height, width: width, inputChannels: channels,
      outputChannels: channels, kernel: 1)
    let shares = parallelResults(batch, cancelled: .some(nil)) { image -> ChannelSums.Values? in
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

  func blocks(_ channels: Int) -> Int { (channels + channelLanes - 1) / channelLanes }

  /// Floats of one picture of so many channels.
  func pitch(_ channels: Int) -> Int { blocks(channels) * channelLanes * height * width }

  func picture(_ image: Int, of place: Place) -> UnsafeMutablePointer<Float> {
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
