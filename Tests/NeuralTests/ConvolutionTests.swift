import Foundation
import Kernels
import Neural
import Tensors
import TestSupport
import Testing

@Suite struct `Convolutions` {
  @Test(arguments: [
    "convolution", "convolution-1x1", "convolution-wide", "convolution-stride-2",
    "convolution-dilation-2", "convolution-groups-2", "convolution-depthwise",
  ])
  func `agree with PyTorch`(name: String) throws {
    let convolution =
      switch name {
      case "convolution-1x1": Conv2D(3, 5, kernel: 1)
      case "convolution-wide": Conv2D(17, 20, kernel: 3)
      case "convolution-stride-2": Conv2D(3, 5, kernel: 3, stride: 2)
      case "convolution-dilation-2": Conv2D(3, 5, kernel: 3, dilation: 2)
      case "convolution-groups-2": Conv2D(4, 6, kernel: 3, groups: 2)
      case "convolution-depthwise": Conv2D(5, 5, kernel: 3, groups: 5)
      default: Conv2D(3, 5, kernel: 3)
      }
    expectGolden(try Fixture(name, in: .module), of: convolution, tolerance: 2e-6) {
      convolution($0[0])
    }
  }

  @Test func `of any kernel, stride and padding agree with PyTorch`() throws {
    var geometry = ConvolutionGeometry(
      batch: 2, inputChannels: 3, inputHeight: 7, inputWidth: 6, outputChannels: 5,
      outputHeight: 7, outputWidth: 6, kernelHeight: 3, kernelWidth: 5)
    (geometry.paddingTop, geometry.paddingLeft) = (1, 2)
    try expectGoldenKernel("convolution-asymmetric", geometry)
    geometry.inputWidth = 9
    geometry.outputWidth = 3
    geometry.strideWidth = 2
    geometry.paddingLeft = 0
    try expectGoldenKernel("convolution-asymmetric-valid", geometry)
  }

  private func expectGoldenKernel(_ name: String, _ geometry: ConvolutionGeometry) throws {
    let kernel = Kernel(geometry)
    expectGolden(try Fixture(name, in: .module), of: kernel, tolerance: 2e-6) {
      convolved(
        $0[0], weight: kernel.weight.value, bias: kernel.bias.value, geometry: geometry)
    }
  }

  @Test(arguments: [
    "transposed", "transposed-4x4", "transition-up-even", "transition-up-odd", "transition-up-wide",
  ])
  func `that are transposed agree with PyTorch`(name: String) throws {
    let fixture = try Fixture(name, in: .module)
    let (shape, output) = (fixture["parameter.weight"].shape, fixture["output"].shape)
    let convolution = ConvTranspose2D(
      shape[0], shape[1], kernel: Extent(shape[2]), stride: 2,
      padding: name == "transposed-4x4" ? 1 : 0)
    expectGolden(fixture, of: convolution, tolerance: 2e-6) {
      convolution($0[0], size: Extent(height: output[2], width: output[3]))
    }
  }

  @Test(arguments: 1...3) func `have the gradients of their differences`(seed: Int) {
    for convolution in [
      Conv2D(3, 5, kernel: 3, stride: 2), Conv2D(6, 4, kernel: 3, dilation: 2, groups: 2),
      Conv2D(9, 17, kernel: 1),
    ] {
      expectGradientsMatch(of: convolution, inputs: [[2, convolution.input, 6, 7]], seed: seed) {
        convolution($0[0])
      }
    }
    let transposed = ConvTranspose2D(
      6, 4, kernel: 3, stride: 2, padding: Padding(top: 1, left: 1))
    expectGradientsMatch(of: transposed, inputs: [[2, 6, 4, 3]], seed: seed) {
      transposed($0[0], size: Extent(height: 8, width: 6))
    }
  }
}

/// The parameters of a convolution of any geometry.
private struct Kernel: Module {
  let weight, bias: Parameter

  init(_ geometry: ConvolutionGeometry) {
    weight = Parameter(
      [
        geometry.outputChannels, geometry.inputChannels, geometry.kernelHeight,
        geometry.kernelWidth,
      ], .constant(0))
    bias = Parameter([geometry.outputChannels], .constant(0))
  }
}

extension Conv2D {
  fileprivate var input: Int {
    // A grouped weight holds the channels of one group only; these tests use two groups at most.
    weight.shape[0] == 4 ? 2 * weight.shape[1] : weight.shape[1]
  }
}
