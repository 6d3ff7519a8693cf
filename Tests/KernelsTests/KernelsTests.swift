import Kernels
import Testing
import TestSupport

/// Numbers that look random and are the same each time.
private func noise(_ count: Int, _ seed: Int) -> [Float] {
  (0..<count).map { Float(($0 &* 7919 &+ seed &* 104_729) % 2003) / 1001 - 1 }
}

@Suite struct `Blocked pictures` {
  @Test(arguments: [1, 3, 8, 16, 19, 48]) func `come back as they were`(channels: Int) {
    let plain = noise(2 * channels * 35, channels)
    let blocked = Buffer(plain).blocked(batch: 2, channels: channels, pixels: 35)
    #expect(blocked.unblocked(batch: 2, channels: channels, pixels: 35).array == plain)
  }

  @Test func `add up by channel`() {
    let (channels, pixels) = (21, 7 * 5)
    let plain = noise(3 * channels * pixels, 1)
    let sums = Buffer(plain).blocked(batch: 3, channels: channels, pixels: pixels)
      .channelSums(channels: channels, batch: 3, height: 7, width: 5)
    var expected = [Float](repeating: 0, count: channels)
    for index in plain.indices { expected[index / pixels % channels] += plain[index] }
    expectClose(sums, expected, tolerance: 1e-5)
  }
}

@Suite struct `Normalized convolution` {
  /// The same by its parts: affine map and ReLU in plain memory, then a convolution of its own.
  private func byParts(
    _ source: [Float], _ shape: NormalizedConvolution, scale: [Float], shift: [Float],
    weights: Buffer, bias: Buffer
  ) -> [Float] {
    let pixels = shape.height * shape.width
    let mapped = source.indices.map { index in
      let channel = index / pixels % shape.inputChannels
      return max(0, scale[channel] * source[index] + shift[channel])
    }
    var geometry = ConvolutionGeometry(
      batch: shape.batch, inputChannels: shape.inputChannels, inputHeight: shape.height,
      inputWidth: shape.width, outputChannels: shape.outputChannels, outputHeight: shape.height,
      outputWidth: shape.width, kernelHeight: shape.kernel, kernelWidth: shape.kernel)
    geometry.paddingTop = shape.kernel / 2
    geometry.paddingLeft = shape.kernel / 2
    let blocked = Buffer(mapped).blocked(
      batch: shape.batch, channels: shape.inputChannels, pixels: pixels)
    return geometry.convolve(blocked, weights: weights, bias: bias).unblocked(
      batch: shape.batch, channels: shape.outputChannels, pixels: pixels
    ).array
  }

  /// Pictures high enough to be cut into bands, maps that end in the middle of a block.
  @Test(arguments: [(23, 5, 3), (16, 16, 3), (40, 12, 1), (3, 33, 3)])
  func `is its parts in one sweep, band by band`(input: Int, output: Int, kernel: Int) {
    let shape = NormalizedConvolution(
      batch: 2, height: 67, width: 131, inputChannels: input, outputChannels: output,
      kernel: kernel)
    let pixels = shape.height * shape.width
    let source = noise(2 * input * pixels, 2)
    let (scale, shift) = (noise(input, 3), noise(input, 4))
    let weights = Buffer(noise(output * input * kernel * kernel, 5))
    let bias = Buffer(noise(output, 6))
    let total = input + output
    let blocks = (total + channelLanes - 1) / channelLanes * channelLanes
    let maps = Buffer(repeating: 0, count: 2 * blocks * pixels)
    NormalizedConvolution.place(
      Buffer(source).blocked(batch: 2, channels: input, pixels: pixels), channels: input, batch: 2,
      height: 67, width: 131, into: .init(maps, channels: total), sums: nil)
    let sums = ChannelSums(channels: blocks)
    let padding = [Float](repeating: 0, count: blocks)
    shape.forward(
      source: .init(maps, channels: total), scale: Buffer(scale + padding),
      shift: Buffer(shift + padding), weights: weights, bias: bias,
      target: .init(maps, channels: total, offset: input), sums: sums)
    let made = NormalizedConvolution.take(
      .init(maps, channels: total, offset: input), channels: output, batch: 2, height: 67,
      width: 131
    ).unblocked(batch: 2, channels: output, pixels: pixels).array
    let expected = byParts(
      source, shape, scale: scale, shift: shift, weights: weights, bias: bias)
    expectClose(made, expected, tolerance: 1e-5)
    let squares = sums.second.reduce(0, +)
    let sum = expected.reduce(0.0) { $0 + Double($1) }
    #expect(abs(sums.first.reduce(0, +) - sum) < 0.01 * squares.squareRoot())
    let energy = expected.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(squares / energy - 1) < 1e-5)
  }
}

@Suite struct `Flat work` {
  @Test func `multiplies matrices`() {
    let (rows, inner, columns, items) = (5, 7, 3, 4)
    let (left, right) = (noise(rows * inner, 7), noise(items * inner * columns, 8))
    let products = Buffer.products(
      Buffer(left), Buffer(right), rows: rows, inner: inner, columns: columns, items: items)
    var expected = [Float](repeating: 0, count: items * rows * columns)
    for index in expected.indices {
      let (item, row, column) = (index / (rows * columns), index / columns % rows, index % columns)
      for k in 0..<inner {
        expected[index] += left[row * inner + k] * right[(item * inner + k) * columns + column]
      }
    }
    expectClose(products.array, expected, tolerance: 1e-5)
  }

  @Test func `keeps half precision to eleven bits`() {
    let values = noise(1000, 9) + [0, -0.0, 65504, 1e-7]
    let back = Buffer(halves: Buffer(values).halves).array
    for (a, b) in zip(values, back) { #expect(abs(a - b) <= max(abs(a) / 2048, 1e-7)) }
  }

  @Test func `adds long arrays without losing any`() {
    let buffer = Buffer(repeating: 0.1, count: 10_000_000)
    #expect(abs(buffer.sum - 10_000_000 * Double(Float(0.1))) < 1)
  }
}
