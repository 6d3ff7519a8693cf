import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct `Convolution` {
  /// Every size, stride, kernel and padding differs from its neighbours, and channels do not fill blocks.
  private func geometry(seed: Int) -> ConvolutionGeometry {
    let draws = hashUniform("geometry \(seed)", count: 12)
    func pick(_ index: Int, _ range: ClosedRange<Int>) -> Int {
      min(range.upperBound, range.lowerBound + Int((draws[index] + 1) / 2 * Double(range.count)))
    }
    let kernel = (pick(0, 1...4), pick(1, 1...5))
    let stride = (pick(2, 1...2), pick(3, 1...3))
    let padding = (pick(4, 0...2), pick(5, 0...2))
    let (height, width) = (pick(6, 6...19), pick(7, 6...19))
    var geometry = ConvolutionGeometry(
      batch: pick(8, 1...3), inputChannels: pick(9, 1...40), inputHeight: height,
      inputWidth: width, outputChannels: pick(10, 1...40),
      outputHeight: (height + 2 * padding.0 - kernel.0) / stride.0 + 1,
      outputWidth: (width + 2 * padding.1 - kernel.1) / stride.1 + 1, kernelHeight: kernel.0,
      kernelWidth: kernel.1)
    (geometry.strideHeight, geometry.strideWidth) = stride
    (geometry.paddingTop, geometry.paddingLeft) = padding
    return geometry
  }

  private func convolve(_ x: Tensor, _ geometry: ConvolutionGeometry, weight: Tensor) -> Tensor {
    let none = Tensor(repeating: 0, shape: [geometry.outputChannels])
    return convolved(x, weight: weight, bias: none, geometry: geometry)
  }

  @Test(arguments: 1...12) func `has the adjoint as its gradient`(seed: Int) {
    let geometry = geometry(seed: seed)
    let weightShape = [
      geometry.outputChannels, geometry.inputChannels, geometry.kernelHeight, geometry.kernelWidth,
    ]
    let inputShape = [
      geometry.batch, geometry.inputChannels, geometry.inputHeight, geometry.inputWidth,
    ]
    let weight = randomTensor("weight", weightShape)
    expectAdjoint(inputShape, seed: seed) { convolve($0, geometry, weight: weight) }
    let x = randomTensor("input", inputShape)
    expectAdjoint(weightShape, seed: seed) { convolve(x, geometry, weight: $0) }
  }

  @Test(arguments: 1...6) func `has a transposed convolution as its adjoint`(seed: Int) {
    let geometry = geometry(seed: seed)
    var reverse = ConvolutionGeometry(
      batch: geometry.batch, inputChannels: geometry.outputChannels,
      inputHeight: geometry.outputHeight, inputWidth: geometry.outputWidth,
      outputChannels: geometry.inputChannels, outputHeight: geometry.inputHeight,
      outputWidth: geometry.inputWidth, kernelHeight: geometry.kernelHeight,
      kernelWidth: geometry.kernelWidth)
    (reverse.strideHeight, reverse.strideWidth) = (geometry.strideHeight, geometry.strideWidth)
    (reverse.paddingTop, reverse.paddingLeft) = (geometry.paddingTop, geometry.paddingLeft)
    reverse.isTransposed = true
    let weight = randomTensor(
      "weight",
      [
        geometry.outputChannels, geometry.inputChannels, geometry.kernelHeight,
        geometry.kernelWidth,
      ])
    let x = randomTensor(
      "x", [geometry.batch, geometry.inputChannels, geometry.inputHeight, geometry.inputWidth])
    let y = randomTensor(
      "y", [geometry.batch, geometry.outputChannels, geometry.outputHeight, geometry.outputWidth])
    let forth = dot(convolve(x, geometry, weight: weight).plain, y)
    let back = dot(convolve(y, reverse, weight: weight).plain, x)
    #expect(abs(forth - back) <= 1e-5 * (dot(x, x) * dot(y, y)).squareRoot())
    expectAdjoint(y.shape, seed: seed) { convolve($0, reverse, weight: weight) }
  }

  @Test(arguments: 1...3) func `is differentiated twice`(seed: Int) {
    expectSecondGradientsMatch(seed: seed, of: 0..<3)
  }

  /// Expects the summed squares of the gradients with respect to some of input, weight and bias to be differentiated.
  private func expectSecondGradientsMatch(seed: Int, of chosen: Range<Int>) {
    var geometry = ConvolutionGeometry(
      batch: 2, inputChannels: 3, inputHeight: 6, inputWidth: 5, outputChannels: 4,
      outputHeight: 3, outputWidth: 5, kernelHeight: 3, kernelWidth: 3)
    geometry.strideHeight = 2
    (geometry.paddingTop, geometry.paddingLeft) = (1, 1)
    let start = [
      randomTensor("x \(seed)", [2, 3, 6, 5]), randomTensor("weight \(seed)", [4, 3, 3, 3]),
      randomTensor("bias \(seed)", [4]),
    ]
    expectGradientsMatch(at: start, seed: seed) { x in
      let made = convolved(x[0], weight: x[1], bias: x[2], geometry: geometry)
      let back = gradients(of: sigmoid(made).sum(), with: Array(x[chosen]), recording: true)
      return back.map { ($0 * $0).sum() }.reduce(Tensor(repeating: 0, shape: []), +)
    }
  }
}
