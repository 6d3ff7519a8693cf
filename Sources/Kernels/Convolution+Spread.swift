internal import CKernels

// Convolutions with strides turned round: transposed ones, and the gradient of a source.
//
// Every pixel is multiplied with all taps of the kernel at once, and what they make is added up where
// they meet in the larger picture. oneDNN goes over the larger picture's pixels instead, of which
// each has another few taps, and takes up to five times as long.

extension ConvolutionGeometry {
  private var hasStridesOnly: Bool {
    groups == 1 && dilationHeight == 1 && dilationWidth == 1 && max(strideHeight, strideWidth) > 1
      && kernelHeight * kernelWidth > 1 && min(inputChannels, outputChannels) >= channelLanes
      && min(paddingTop, paddingLeft) >= 0
  }

  /// Whether the convolution itself spreads its source.
  var isSpreading: Bool { isTransposed && hasStridesOnly }

  /// Whether its pullback spreads the upstream gradient.
  var isSpreadBack: Bool { !isTransposed && hasStridesOnly }

  func spreadConvolve(_ source: Buffer, weights: Buffer, bias: Buffer, tail: Tail) -> Buffer {
    let bias = bias.extended(to: blocks(outputChannels) * channelLanes)
    let spread = Spread(
      shape: self, source: plane(inputChannels, inputHeight, inputWidth),
      target: plane(outputChannels, outputHeight, outputWidth))
    return spread(source, weights: weights, bias: bias, tail: tail)
  }

  func spreadSourceGradient(_ upstream: Buffer, weights: Buffer) -> Buffer {
    let spread = Spread(
      shape: self, source: plane(outputChannels, outputHeight, outputWidth),
      target: plane(inputChannels, inputHeight, inputWidth))
    return spread(upstream, weights: weights, bias: nil, tail: Tail())
  }

  private func plane(_ channels: Int, _ height: Int, _ width: Int) -> Plane {
    Plane(channels: channels, blocks: blocks(channels), height: height, width: width)
  }
}

private struct Plane {
  let channels, blocks, height, width: Int

  /// Floats of one block of channels.
  var size: Int { height * width * channelLanes }
}

private struct Spread {
  let shape: ConvolutionGeometry
  /// The small picture and the large one.
  let source, target: Plane

  private var taps: Int { shape.kernelHeight * shape.kernelWidth }
  private var depth: Int { source.blocks * channelLanes }

  /// - Parameters:
  ///   - weights: `[source channels, target channels, taps]`.
  ///   - bias: Of whole blocks.
  func callAsFunction(_ x: Buffer, weights: Buffer, bias: Buffer?, tail: Tail) -> Buffer {
    let packed = packed(weights)
    let result = Buffer(count: shape.batch * target.blocks * target.size)
    let sweep = tail.sweep(
      result, batch: shape.batch, planes: target.blocks, pixels: target.height * target.width,
      lanes: channelLanes)
    // Two blocks share what is read of the source, but each thread should have some work.
    let together = shape.batch * target.blocks < 4 * threadCount ? 1 : 2
    let groups = (target.blocks + together - 1) / together
    parallel(groups * shape.batch) { index in
      let (group, image) = (index / shape.batch, index % shape.batch)
      let blocks = group * together..<min((group + 1) * together, target.blocks)
      let start = (image * target.blocks + blocks.lowerBound) * target.size
      spread(
        x.pointer + image * source.blocks * source.size, packed, blocks, bias: bias,
        to: result.pointer + start)
      sweep(start, blocks.count * target.size)
    }
    return result
  }

  /// `[target block][taps][depth][lanes]`; kept until the weights change.
  private func packed(_ weights: Buffer) -> Buffer {
    weights.derived(SpreadPacking(inputs: source.channels)) {
      let size = taps * depth * channelLanes
      let packed = Buffer(count: target.blocks * size)
      parallel(target.blocks) { block in
        ck_tap_pack(
          packed.pointer + block * size, weights.pointer, source.channels, target.channels, taps,
          block, channelLanes)
      }
      return packed
    }
  }

  /// Makes some blocks of one picture.
  private func spread(
    _ x: UnsafePointer<Float>, _ packed: Buffer, _ blocks: Range<Int>, bias: Buffer?,
    to planes: UnsafeMutablePointer<Float>
  ) {
    let most = max(1, min(source.height, 64 / source.width))  // rows whose products stay in a cache
    let pitch = most * source.width * channelLanes + 16
    let products = Buffer(count: blocks.count * taps * pitch)
    var begun = 0  // rows of the target that hold something
    func add(_ y: Int, tap: Int, taps: Int, row: Int) {
      for (index, block) in blocks.enumerated() {
        let from = (index * self.taps + tap) * pitch + row * source.width * channelLanes
        ck_spread_row(
          planes + index * target.size + y * target.width * channelLanes, target.width,
          products.pointer + from, pitch, taps, source.width, shape.strideWidth, shape.paddingLeft,
          bias.map { $0.pointer + block * channelLanes }, y >= begun ? 1 : 0, channelLanes)
      }
      begun = max(begun, y + 1)
    }
    for first in stride(from: 0, to: source.height, by: most) {
      let rows = min(most, source.height - first)
      ck_blocked_products(
        products.pointer, pitch, x + first * source.width * channelLanes, 0, source.size,
        packed.pointer + blocks.lowerBound * taps * depth * channelLanes, taps, depth,
        blocks.count * channelLanes, rows * source.width, depth, 1, channelLanes)
      for row in 0..<rows {
        for line in 0..<shape.kernelHeight {
          let y = (first + row) * shape.strideHeight + line - shape.paddingTop
          guard 0..<target.height ~= y else { continue }
          while begun < y { add(begun, tap: 0, taps: 0, row: 0) }
          add(y, tap: line * shape.kernelWidth, taps: shape.kernelWidth, row: row)
        }
      }
    }
    while begun < target.height { add(begun, tap: 0, taps: 0, row: 0) }
  }
}

private struct SpreadPacking: Hashable {
  let inputs: Int
}
