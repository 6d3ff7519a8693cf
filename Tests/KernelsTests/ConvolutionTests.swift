import Foundation
import Kernels
import TestSupport
import Testing

/// Convolutions of every path against their definition in double precision.
@Suite struct `A convolution of blocked pictures` {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let geometry: ConvolutionGeometry

    /// - Parameter output: The height and width of the result.
    init(
      _ name: String, batch: Int, channels: (Int, Int), _ size: (Int, Int), output: (Int, Int),
      kernel: (Int, Int) = (3, 3), change: (inout ConvolutionGeometry) -> Void = { _ in }
    ) {
      testDescription = name
      var geometry = ConvolutionGeometry(
        batch: batch, inputChannels: channels.0, inputHeight: size.0, inputWidth: size.1,
        outputChannels: channels.1, outputHeight: output.0, outputWidth: output.1,
        kernelHeight: kernel.0, kernelWidth: kernel.1)
      change(&geometry)
      self.geometry = geometry
    }
  }

  /// Odd sizes, channels that end in the middle of a block, paddings that are not the same on both
  /// sides.
  static let cases = [
    Case("tiles of several pictures", batch: 3, channels: (19, 33), (17, 19), output: (16, 20)) {
      $0.paddingLeft = 1
    },
    Case("tiles of one picture", batch: 1, channels: (19, 17), (18, 21), output: (17, 22)) {
      ($0.paddingTop, $0.paddingLeft) = (1, 2)
    },
    Case("bands of tiles", batch: 2, channels: (19, 33), (59, 67), output: (58, 68)) {
      ($0.paddingTop, $0.paddingLeft) = (1, 1)
    },
    Case("few results", batch: 2, channels: (21, 3), (13, 29), output: (11, 31), kernel: (5, 6)) {
      ($0.paddingTop, $0.paddingLeft) = (1, 4)
    },
    Case(
      "few results, far apart", batch: 1, channels: (37, 2), (14, 23), output: (7, 10),
      kernel: (2, 3)
    ) {
      ($0.strideHeight, $0.strideWidth, $0.dilationWidth, $0.paddingLeft) = (2, 2, 2, 1)
    },
    Case("one result", batch: 2, channels: (32, 1), (7, 9), output: (7, 9), kernel: (1, 1)),
    Case("one picture", batch: 1, channels: (21, 50), (9, 11), output: (5, 5)) {
      ($0.strideHeight, $0.strideWidth, $0.paddingTop) = (2, 2, 1)
    },
    Case("strides", batch: 3, channels: (35, 19), (23, 70), output: (8, 36), kernel: (4, 3)) {
      ($0.strideHeight, $0.strideWidth, $0.paddingTop, $0.paddingLeft) = (3, 2, 2, 1)
    },
    Case("transposed", batch: 2, channels: (19, 35), (5, 66), output: (10, 133)) {
      ($0.strideHeight, $0.strideWidth, $0.paddingTop, $0.paddingLeft) = (2, 2, 1, 0)
      $0.isTransposed = true
    },
    Case(
      "transposed, with rows between that nothing reaches", batch: 1, channels: (33, 21), (9, 7),
      output: (36, 14), kernel: (2, 3)
    ) {
      ($0.strideHeight, $0.strideWidth, $0.paddingLeft) = (4, 2, 1)
      $0.isTransposed = true
    },
  ]

  private func numbers(_ name: String, _ count: Int) -> [Float] {
    hashUniform(name, count: count).map { Float($0) }
  }

  /// What a convolution and its pullbacks should give, plain.
  private struct Expected {
    var result, sourceGradient, weightsGradient: [Double]

    init(
      _ shape: ConvolutionGeometry, source: [Float], weights: [Float], bias: [Float],
      upstream: [Float]
    ) {
      let pixels = shape.outputHeight * shape.outputWidth
      result = upstream.indices.map { Double(bias[$0 / pixels % bias.count]) }
      sourceGradient = Array(repeating: 0, count: source.count)
      weightsGradient = Array(repeating: 0, count: weights.count)
      shape.forEachProduct { s, w, r in
        result[r] += Double(source[s]) * Double(weights[w])
        sourceGradient[s] += Double(upstream[r]) * Double(weights[w])
        weightsGradient[w] += Double(upstream[r]) * Double(source[s])
      }
    }
  }

  @Test(arguments: cases) func `is the sum of its products, and so are its gradients`(_ it: Case) {
    let shape = it.geometry
    let (batch, inputs, outputs) = (shape.batch, shape.inputChannels, shape.outputChannels)
    let source = numbers("source", batch * inputs * shape.inputPixels)
    let weights = numbers("weights", inputs * outputs * shape.kernelHeight * shape.kernelWidth)
    let bias = numbers("bias", outputs)
    let upstream = numbers("upstream", batch * outputs * shape.outputPixels)
    let expected = Expected(
      shape, source: source, weights: weights, bias: bias, upstream: upstream)

    let blockedSource = Buffer(source).blocked(
      batch: batch, channels: inputs, pixels: shape.inputPixels)
    let blockedUpstream = Buffer(upstream).blocked(
      batch: batch, channels: outputs, pixels: shape.outputPixels)
    let (weightsBuffer, biasBuffer) = (Buffer(weights), Buffer(bias))
    let made = shape.convolve(blockedSource, weights: weightsBuffer, bias: biasBuffer)
      .unblocked(batch: batch, channels: outputs, pixels: shape.outputPixels)
    expectClose(made.array, expected.result.floats, tolerance: 5e-6, "result")
    let back = shape.sourceGradient(blockedUpstream, weights: weightsBuffer)
      .unblocked(batch: batch, channels: inputs, pixels: shape.inputPixels)
    expectClose(back.array, expected.sourceGradient.floats, tolerance: 5e-6, "source")
    let pairs = shape.weightsGradient(blockedSource, blockedUpstream)
    expectClose(pairs.array, expected.weightsGradient.floats, tolerance: 5e-6, "weights")
  }

  @Test(arguments: [1, 3]) func `reads a plain picture of few channels`(channels: Int) {
    var shape = ConvolutionGeometry(
      batch: 2, inputChannels: channels, inputHeight: 15, inputWidth: 13, outputChannels: 35,
      outputHeight: 8, outputWidth: 7, kernelHeight: 5, kernelWidth: 3)
    (shape.strideHeight, shape.strideWidth) = (2, 2)
    (shape.paddingTop, shape.paddingLeft) = (2, 1)
    shape.sourceIsPlain = true
    #expect(shape.canReadPlain)
    let source = numbers("source", 2 * channels * shape.inputPixels)
    let weights = numbers("weights", channels * 35 * 15)
    let bias = numbers("bias", 35)
    let upstream = numbers("upstream", 2 * 35 * shape.outputPixels)
    let expected = Expected(
      shape, source: source, weights: weights, bias: bias, upstream: upstream)
    let made = shape.convolve(Buffer(source), weights: Buffer(weights), bias: Buffer(bias))
      .unblocked(batch: 2, channels: 35, pixels: shape.outputPixels)
    expectClose(made.array, expected.result.floats, tolerance: 5e-6, "result")
    let pairs = shape.weightsGradient(
      Buffer(source),
      Buffer(upstream).blocked(batch: 2, channels: 35, pixels: shape.outputPixels))
    expectClose(pairs.array, expected.weightsGradient.floats, tolerance: 5e-6, "weights")
  }

  @Test(arguments: cases) func `takes the steps of its tail on every result`(_ it: Case) {
    let shape = it.geometry
    let (batch, inputs, outputs) = (shape.batch, shape.inputChannels, shape.outputChannels)
    let source = Buffer(numbers("source", batch * inputs * shape.inputPixels)).blocked(
      batch: batch, channels: inputs, pixels: shape.inputPixels)
    let weights = Buffer(
      numbers("weights", inputs * outputs * shape.kernelHeight * shape.kernelWidth))
    let bias = Buffer(numbers("bias", outputs))
    let lanes = (outputs + channelLanes - 1) / channelLanes * channelLanes
    // A table for each picture of the batch, and one for all.
    let (scale, shift) = (numbers("scale", batch * lanes), numbers("shift", batch * lanes))
    let slope = numbers("slope", lanes)
    let other = numbers("other", batch * outputs * shape.outputPixels)
    func convolved(_ tail: Tail) -> [Float] {
      shape.convolve(source, weights: weights, bias: bias, tail: tail)
        .unblocked(batch: batch, channels: outputs, pixels: shape.outputPixels).array
    }
    let blockedOther = Buffer(other).blocked(
      batch: batch, channels: outputs, pixels: shape.outputPixels)
    let made = convolved(
      Tail([
        .affine(scale: Buffer(scale), shift: Buffer(shift)), .add(blockedOther),
        .prelu(slope: Buffer(slope)), .function(.tanh),
      ]))
    let expected = convolved(Tail()).enumerated().map { index, value in
      let (image, channel) = (
        index / (outputs * shape.outputPixels), index / shape.outputPixels % outputs
      )
      let place = image * lanes + channel
      let sum = scale[place] * value + shift[place] + other[index]
      return Float(tanh(Double(sum > 0 ? sum : slope[channel] * sum)))
    }
    expectClose(made, expected, tolerance: 2e-6, "result")
  }
}

extension ConvolutionGeometry {
  fileprivate var inputPixels: Int { inputHeight * inputWidth }
  fileprivate var outputPixels: Int { outputHeight * outputWidth }

  /// Calls `body` with the plain indices of each product's source, weight and result.
  fileprivate func forEachProduct(_ body: (_ source: Int, _ weight: Int, _ result: Int) -> Void) {
    let area = kernelHeight * kernelWidth
    // The picture whose pixels lie a stride apart in the other one.
    let (small, large) =
      isTransposed
      ? ((inputHeight, inputWidth), (outputHeight, outputWidth))
      : ((outputHeight, outputWidth), (inputHeight, inputWidth))
    for image in 0..<batch {
      for place in 0..<small.0 * small.1 {
        let (y, x) = (place / small.1, place % small.1)
        for i in 0..<area {
          let row = y * strideHeight + i / kernelWidth * dilationHeight - paddingTop
          let column = x * strideWidth + i % kernelWidth * dilationWidth - paddingLeft
          guard 0..<large.0 ~= row, 0..<large.1 ~= column else { continue }
          let (read, made) =
            isTransposed ? (place, row * large.1 + column) : (row * large.1 + column, place)
          for input in 0..<inputChannels {
            for output in 0..<outputChannels {
              let pair =
                isTransposed ? input * outputChannels + output : output * inputChannels + input
              body(
                (image * inputChannels + input) * inputPixels + read, pair * area + i,
                (image * outputChannels + output) * outputPixels + made)
            }
          }
        }
      }
    }
  }
}

extension [Double] {
  fileprivate var floats: [Float] { map { Float($0) } }
}
