import Tensors
import TestSupport
import Testing

@Suite struct `Convolutions of pictures and signals` {
  private static func convolution(_ name: String, _ settings: ConvolutionSettings) -> GoldenCase {
    GoldenCase(name) {
      convolved($0[0], weight: $0[1], bias: $0.count > 2 ? $0[2] : nil, settings)
    }
  }

  private static func transposed(
    _ name: String, _ settings: ConvolutionSettings, outputPadding: Extent = 0
  ) -> GoldenCase {
    GoldenCase(name) {
      transposeConvolved(
        $0[0], weight: $0[1], bias: $0.count > 2 ? $0[2] : nil, settings,
        outputPadding: outputPadding)
    }
  }

  static let pictures: [GoldenCase] = [
    convolution(
      "conv2d",
      .init(
        stride: .init(height: 2, width: 1), padding: .init(left: 1, bottom: 2),
        dilation: .init(height: 1, width: 2))),
    convolution("conv2d-groups", .init(groups: 2)),
    convolution("conv2d-depthwise", .init(padding: 1, groups: 5)),
    convolution(
      "conv2d-reflect",
      .init(
        stride: .init(height: 1, width: 2), padding: .init(.init(height: 1, width: 2)),
        paddingMode: .reflect)),
    convolution(
      "conv2d-replicate",
      .init(padding: .init(top: 1, bottom: 2, right: 3), paddingMode: .replicate)),
  ]

  static let signals: [GoldenCase] = [
    convolution("conv1d", .init(stride: 3, padding: .init(left: 2, right: 1), dilation: 2)),
    convolution("conv1d-groups", .init(padding: .init(left: 2), groups: 2)),
    convolution("conv1d-wide", .init(padding: .init(left: 6, right: 3), dilation: 5)),
    convolution("conv1d-depthwise", .init(groups: 9)),
    convolution(
      "conv1d-reflect", .init(padding: .init(left: 3, right: 2), paddingMode: .reflect)),
    convolution(
      "conv1d-replicate", .init(padding: .init(left: 1, right: 4), paddingMode: .replicate)),
  ]

  static let transposedPictures: [GoldenCase] = [
    transposed(
      "tconv2d",
      .init(stride: .init(height: 3, width: 2), padding: .init(.init(height: 1, width: 2))),
      outputPadding: .init(height: 2, width: 1)),
    transposed(
      "tconv2d-dilation",
      .init(padding: .init(.init(height: 1, width: 0)), dilation: .init(height: 2, width: 3))),
    transposed(
      "tconv2d-groups",
      .init(
        stride: .init(height: 2, width: 1), padding: .init(.init(height: 0, width: 1)), groups: 2),
      outputPadding: .init(height: 1, width: 0)),
  ]

  static let transposedSignals: [GoldenCase] = [
    transposed("tconv1d", .init(stride: 4, padding: 2), outputPadding: 3),
    transposed(
      "tconv1d-dilation", .init(stride: 2, padding: 1, dilation: 3), outputPadding: 1),
    transposed("tconv1d-wide", .init(stride: 3)),
    transposed("tconv1d-groups", .init(stride: 3, groups: 2)),
  ]

  @Test(arguments: pictures + transposedPictures, layouts)
  func `agree with PyTorch to the second derivative`(_ golden: GoldenCase, layout: Tensor.Layout)
    throws
  {
    try golden.expect(tolerance: 2e-6, layout: layout)
  }

  @Test(arguments: signals + transposedSignals)
  func `of one axis agree with PyTorch to the second derivative`(_ golden: GoldenCase) throws {
    try golden.expect(tolerance: 2e-6, layout: .plain)
  }

  /// The result of a transposed convolution that leaves rows out, instead of adding some.
  @Test func `that are transposed may leave out what is too much`() {
    let (x, weight) = (randomTensor("x", [1, 3, 4, 5]), randomTensor("weight", [3, 2, 3, 3]))
    let whole = transposeConvolved(x, weight: weight, .init(stride: 2))
    let part = transposeConvolved(
      x, weight: weight, .init(stride: 2), outputPadding: .init(height: -1, width: -2))
    #expect(part.shape == [1, 2, 8, 9])
    let expected = whole.sliced(0..<8, axis: 2).sliced(0..<9, axis: 3)
    expectClose(part.array, expected.array, tolerance: 1e-6)
  }
}
