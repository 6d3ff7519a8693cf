import Kernels
import TestSupport
import Testing

/// 3×3 convolutions that Winograd's method takes, against their definition in double precision.
@Suite struct `A tiled convolution` {
  /// Odd sizes, channels that end in the middle of a block, paddings that are not the same on both
  /// sides; a picture whose channels the threads share and one that they take in bands.
  struct Case: CustomTestStringConvertible {
    let height, width, top, left: Int

    var testDescription: String { "\(height)×\(width) from \(top), \(left)" }

    var geometry: ConvolutionGeometry {
      var geometry = ConvolutionGeometry(
        batch: 3, inputChannels: 19, inputHeight: height, inputWidth: width, outputChannels: 33,
        outputHeight: height - 1, outputWidth: width + 1, kernelHeight: 3, kernelWidth: 3)
      geometry.paddingTop = top
      geometry.paddingLeft = left
      return geometry
    }
  }

  static let cases = [
    Case(height: 17, width: 19, top: 0, left: 1), Case(height: 18, width: 21, top: 1, left: 2),
    Case(height: 59, width: 67, top: 1, left: 1),
  ]

  private func numbers(_ name: String, _ count: Int) -> [Float] {
    hashUniform(name, count: count).map { Float($0) }
  }

  /// Calls `body` with the indices of each product's source, weight and result.
  private func forEachProduct(
    of shape: ConvolutionGeometry, _ body: (_ source: Int, _ weight: Int, _ result: Int) -> Void
  ) {
    for image in 0..<shape.batch {
      for output in 0..<shape.outputChannels {
        for y in 0..<shape.outputHeight {
          for x in 0..<shape.outputWidth {
            let result =
              ((image * shape.outputChannels + output) * shape.outputHeight + y)
              * shape.outputWidth + x
            for input in 0..<shape.inputChannels {
              for i in 0..<9 {
                let (row, column) = (y + i / 3 - shape.paddingTop, x + i % 3 - shape.paddingLeft)
                guard (0..<shape.inputHeight).contains(row), (0..<shape.inputWidth).contains(column)
                else { continue }
                body(
                  ((image * shape.inputChannels + input) * shape.inputHeight + row)
                    * shape.inputWidth + column, (output * shape.inputChannels + input) * 9 + i,
                  result)
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: cases) func `is the sum of its products, and so are its gradients`(_ it: Case) {
    let shape = it.geometry
    let (inputs, outputs) = (shape.inputHeight * shape.inputWidth, shape.outputPixels)
    let source = numbers("source", 3 * 19 * inputs)
    let weights = numbers("weights", 33 * 19 * 9)
    let bias = numbers("bias", 33)
    let upstream = numbers("upstream", 3 * 33 * outputs)
    var result = (0..<3 * 33 * outputs).map { Double(bias[$0 / outputs % 33]) }
    var sourceGradient = [Double](repeating: 0, count: source.count)
    var weightsGradient = [Double](repeating: 0, count: weights.count)
    forEachProduct(of: shape) { s, w, r in
      result[r] += Double(source[s]) * Double(weights[w])
      sourceGradient[s] += Double(upstream[r]) * Double(weights[w])
      weightsGradient[w] += Double(upstream[r]) * Double(source[s])
    }

    let blockedSource = Buffer(source).blocked(batch: 3, channels: 19, pixels: inputs)
    let blockedUpstream = Buffer(upstream).blocked(batch: 3, channels: 33, pixels: outputs)
    let (weightsBuffer, biasBuffer) = (Buffer(weights), Buffer(bias))
    let made = shape.convolve(blockedSource, weights: weightsBuffer, bias: biasBuffer)
      .unblocked(batch: 3, channels: 33, pixels: outputs)
    expectClose(made.array, result.map { Float($0) }, tolerance: 5e-6, "result")
    let back = shape.sourceGradient(blockedUpstream, weights: weightsBuffer)
      .unblocked(batch: 3, channels: 19, pixels: inputs)
    expectClose(back.array, sourceGradient.map { Float($0) }, tolerance: 5e-6, "source")
    let pairs = shape.weightsGradient(blockedSource, blockedUpstream)
    expectClose(pairs.array, weightsGradient.map { Float($0) }, tolerance: 5e-6, "weights")
  }
}

extension ConvolutionGeometry {
  fileprivate var outputPixels: Int { outputHeight * outputWidth }
}
