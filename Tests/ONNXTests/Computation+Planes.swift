import Kernels
import Signal
import Tensors

extension Computation {
  /// What is done with pictures and signals.
  static let planes: [Computation] = [
    Computation("convolution", [2, 4, 7, 6], [6, 2, 3, 2], [6]) {
      convolved(
        $0[0], weight: $0[1], bias: $0[2],
        ConvolutionSettings(
          stride: Extent(height: 2, width: 1),
          padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
          dilation: Extent(height: 1, width: 2), groups: 2))
    },
    Computation("convolution of signals", [2, 3, 9], [4, 3, 3]) {
      convolved($0[0], weight: $0[1], ConvolutionSettings(stride: 2, padding: 1))
    },
    Computation("transposed convolution", [1, 4, 3, 5], [4, 3, 3, 3], [6]) {
      transposeConvolved(
        $0[0], weight: $0[1], bias: $0[2],
        ConvolutionSettings(
          stride: 2, padding: Padding(top: 1, left: 0, bottom: 0, right: 1), groups: 2),
        outputPadding: Extent(height: 1, width: 0))
    },
    Computation("maxima", [1, 3, 7, 8]) {
      maxPooled(
        $0[0], kernel: Extent(height: 3, width: 2), stride: 2, padding: Extent(height: 1, width: 0))
        + maxPooled($0[0]).sum()
    },
    Computation("pixels", [1, 8, 2, 3]) { $0[0].pixelShuffled(2).pixelUnshuffled(2) },
    Computation("margins", [1, 2, 4, 5]) {
      let padding = Padding(top: 1, left: 2, bottom: 0, right: 3)
      return $0[0].padded(padding, .reflect) + $0[0].padded(padding, .replicate)
        + $0[0].padded(padding, .constant(2))
    },
    Computation("what is cut off", [1, 2, 4, 5]) {
      $0[0].padded(Padding(top: -1, left: 2, bottom: 1, right: -2), .zeros)
    },
    Computation("margins of signals", [2, 1, 5]) {
      $0[0].padded(Padding(left: 1, right: 3), .reflect)
    },
    Computation("a reflecting convolution", [1, 2, 5, 6], [3, 2, 3, 3]) {
      convolved($0[0], weight: $0[1], ConvolutionSettings(padding: 1, paddingMode: .reflect))
    },
    Computation("means", [1, 3, 7, 8]) {
      averagePooled($0[0], kernel: 3, stride: 2, padding: 1)
        + 2 * averagePooled($0[0], kernel: 3, stride: 2, padding: 1, countsPadding: false)
    },
    Computation("means of the last windows, too", [1, 2, 6, 7]) {
      averagePooled($0[0], kernel: 3, stride: 2, ceilMode: true)
        + maxPooled($0[0], kernel: 3, stride: 2, ceilMode: true)
    },
    Computation("pooled signals", [2, 3, 9]) {
      averagePooled($0[0], kernel: 3, stride: 2) + maxPooled($0[0], kernel: 3, stride: 2)
    },
    Computation("even windows", [1, 2, 6, 8]) {
      adaptiveAveragePooled($0[0], to: Extent(height: 3, width: 2))
        + adaptiveMaxPooled($0[0], to: Extent(height: 3, width: 2))
    },
    Computation("uneven windows", [1, 2, 7, 5]) {
      adaptiveAveragePooled($0[0], to: Extent(height: 3, width: 2))
        + adaptiveMaxPooled($0[0], to: Extent(height: 3, width: 2))
    },
    Computation("the mean of all", [2, 3, 4, 5]) { adaptiveAveragePooled($0[0], to: 1) },
    Computation("nearest pixels", [1, 2, 3, 4]) {
      $0[0].resized(to: Extent(height: 6, width: 12), .nearest)
    },
    Computation("nearest pixels at odd places", [1, 2, 5, 7]) {
      $0[0].resized(to: Extent(height: 7, width: 4), .nearest)
    },
    Computation("pixels between two", [1, 2, 5, 7]) {
      $0[0].resized(to: Extent(height: 8, width: 4), .bilinear())
        + $0[0].resized(to: Extent(height: 8, width: 4), .bilinear(alignCorners: true))
    },
    Computation("pixels among four", [1, 2, 5, 7]) {
      $0[0].resized(to: Extent(height: 8, width: 4), .bicubic())
        + $0[0].resized(to: Extent(height: 8, width: 4), .bicubic(alignCorners: true))
    },
    Computation("sizes by a factor", [1, 2, 5, 7]) {
      $0[0].resized(by: (height: 1.5, width: 2), .bilinear())
        + $0[0].resized(by: (height: 1.5, width: 2), .bicubic())
        + $0[0].resized(by: (height: 1.5, width: 2), .bicubic(alignCorners: true))
    },
    Computation("sizes of signals", [2, 3, 5]) {
      $0[0].resized(by: 2, .nearest) + $0[0].resized(by: 2, .bilinear())
    },
    Computation("matrices", [2, 3, 4, 5]) {
      let vertical = Matrix((0..<8).map { Float($0) / 8 }, rows: 2, columns: 4)
      let horizontal = Matrix((0..<15).map { 1 - Float($0) / 8 }, rows: 3, columns: 5)
      return $0[0].resampled(vertical: vertical, horizontal: horizontal)
    },
    Computation("colours", [2, 3, 4, 5]) {
      $0[0].mixed(by: Matrix((0..<6).map { Float($0) / 6 }, rows: 2, columns: 3))
    },
    Computation("grids", [2, 3, 5, 6], [2, 4, 3, 2]) {
      gridSampled($0[0], at: 1.3 * $0[1])
        + gridSampled($0[0], at: 1.3 * $0[1], padding: .border, alignCorners: true)
        + gridSampled($0[0], at: 1.3 * $0[1], .nearest, padding: .reflection)
    },
    Computation("affine grids", [1, 2, 5, 6], [1, 2, 3]) {
      gridSampled($0[0], at: affineGrid($0[1], size: Extent(height: 4, width: 3)))
    },
    Computation("stretches", [2, 11]) { $0[0].framed(size: 4, hop: 3) },
    Computation("stretches laid over one another", [2, 4, 3]) {
      concatenated([$0[0].overlapAdded(hop: 3), $0[0].overlapAdded(hop: 3, length: 12)], axis: 1)
    },
    Computation("a spectrum and its sound", [1, 40]) {
      let transform = ShortTimeFourier(size: 16, hop: 4)
      let spectrum = transform($0[0])
      let sound = transform.inverse(
        Spectrum(real: spectrum.real * 2, imaginary: spectrum.imaginary))
      return concatenated([sound, spectrum.magnitude(floor: 1e-6).reshaped([1, 99])], axis: 1)
    },
  ]
}
