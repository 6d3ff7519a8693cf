extension Picture {
  /// A picture of interleaved red, green and blue bytes, row by row.
  public init(rgbWidth width: Int, height: Int, bytes: [UInt8]) {
    precondition(bytes.count == 3 * width * height, "three bytes for each of \(width)×\(height)")
    let planes = (0..<3).map { component in
      Plane(
        width: width, height: height,
        samples: .eight((0..<width * height).map { bytes[3 * $0 + component] }))
    }
    self.init(width: width, height: height, format: .rgb8, planes: planes, color: .rgb)
  }

  /// A gray picture of full-range bytes, row by row.
  public init(grayWidth width: Int, height: Int, bytes: [UInt8]) {
    self.init(
      width: width, height: height, format: .gray8,
      planes: [Plane(width: width, height: height, samples: .eight(bytes))],
      color: ColorDescription(range: .full, matrix: .unspecified))
  }

  /// Interleaved red, green and blue bytes of an `rgb8` or `rgba8` picture; alpha is dropped.
  public var interleavedRGB: [UInt8] {
    precondition(format.model == .rgb && format.bitDepth == 8, "an 8-bit RGB picture")
    var bytes = [UInt8](repeating: 0, count: 3 * width * height)
    for (component, plane) in planes.prefix(3).enumerated() {
      guard case .eight(let samples) = plane.samples else { continue }
      var target = component
      for sample in samples {
        bytes[target] = sample
        target += 3
      }
    }
    return bytes
  }
}
