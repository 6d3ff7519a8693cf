import Kernels
import TestSupport
import Testing

/// Convolutions of signals against their definition in double precision.
@Suite struct `A convolution of signals` {
  /// Channels that end in the middle of a block and fill an odd number of them, uneven paddings.
  struct Case: CustomTestStringConvertible {
    var input = 19
    var output = 37
    let length, kernel: Int
    var dilation = 1
    let padding: Int
    /// The results more than an unpadded convolution has.
    var more = 0

    var testDescription: String {
      "\(input) to \(output) channels, \(length) samples, \(kernel) taps \(dilation) apart"
    }

    var geometry: ConvolutionGeometry {
      var geometry = ConvolutionGeometry(
        batch: 2, inputChannels: input, inputHeight: 1, inputWidth: length, outputChannels: output,
        outputHeight: 1, outputWidth: length - dilation * (kernel - 1) + more, kernelHeight: 1,
        kernelWidth: kernel)
      geometry.dilationWidth = dilation
      geometry.paddingLeft = padding
      return geometry
    }
  }

  /// The first two are convolved position by position, the others by Winograd's method; the last two have more positions
  /// than a band, and so many channels that threads share them in the weights' gradient.
  static let cases = [
    Case(length: 50, kernel: 3, padding: 1, more: 2),
    Case(length: 61, kernel: 7, dilation: 3, padding: 11, more: 15),
    Case(length: 211, kernel: 5, padding: 1, more: 4),
    Case(length: 300, kernel: 6, dilation: 2, padding: 7, more: 9),
    Case(input: 17, output: 19, length: 400, kernel: 11, padding: 4, more: 9),
    Case(input: 16, output: 65, length: 270, kernel: 5, padding: 1, more: 2),
  ]

  private func numbers(_ name: String, _ count: Int) -> [Float] {
    hashUniform(name, count: count).map { Float($0) }
  }

  /// Calls `body` with the indices of each product's source, weight and result.
  private func forEachProduct(
    of shape: ConvolutionGeometry, _ body: (_ source: Int, _ weight: Int, _ result: Int) -> Void
  ) {
    for pair in 0..<shape.batch * shape.outputChannels {
      let (image, output) = (pair / shape.outputChannels, pair % shape.outputChannels)
      for position in 0..<shape.outputWidth {
        for tap in 0..<shape.kernelWidth {
          let place = position + tap * shape.dilationWidth - shape.paddingLeft
          guard (0..<shape.inputWidth).contains(place) else { continue }
          for input in 0..<shape.inputChannels {
            body(
              (image * shape.inputChannels + input) * shape.inputWidth + place,
              (output * shape.inputChannels + input) * shape.kernelWidth + tap,
              pair * shape.outputWidth + position)
          }
        }
      }
    }
  }

  private func blocked(_ values: [Float], channels: Int, length: Int) -> Buffer {
    Buffer(values).blocked(batch: 2, channels: channels, pixels: length)
  }

  @Test(arguments: cases) func `and its gradients are their sums of products`(_ wanted: Case) {
    let shape = wanted.geometry
    let sourceCount = 2 * shape.inputChannels * shape.inputWidth
    let resultCount = 2 * shape.outputChannels * shape.outputWidth
    let source = numbers("source", sourceCount)
    let weights = numbers(
      "weights", shape.outputChannels * shape.inputChannels * shape.kernelWidth)
    let bias = numbers("bias", shape.outputChannels)
    let upstream = numbers("upstream", resultCount)
    var result = (0..<resultCount).map {
      Double(bias[$0 / shape.outputWidth % shape.outputChannels])
    }
    var sourceGradient = [Double](repeating: 0, count: sourceCount)
    var weightsGradient = [Double](repeating: 0, count: weights.count)
    forEachProduct(of: shape) { from, weight, to in
      result[to] += Double(source[from]) * Double(weights[weight])
      sourceGradient[from] += Double(upstream[to]) * Double(weights[weight])
      weightsGradient[weight] += Double(upstream[to]) * Double(source[from])
    }

    let given = blocked(source, channels: shape.inputChannels, length: shape.inputWidth)
    let back = blocked(upstream, channels: shape.outputChannels, length: shape.outputWidth)
    let packed = Buffer(weights)
    let found = shape.convolve(given, weights: packed, bias: Buffer(bias))
      .unblocked(batch: 2, channels: shape.outputChannels, pixels: shape.outputWidth)
    expectClose(found.array, result.map { Float($0) }, tolerance: 4e-6, "results")
    let gradient = shape.sourceGradient(back, weights: packed)
      .unblocked(batch: 2, channels: shape.inputChannels, pixels: shape.inputWidth)
    expectClose(
      gradient.array, sourceGradient.map { Float($0) }, tolerance: 4e-6, "gradient of the source")
    expectClose(
      shape.weightsGradient(given, back).array, weightsGradient.map { Float($0) },
      tolerance: 8e-6, "gradient of the weights")
  }
}
