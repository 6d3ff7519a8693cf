internal import MediaTypes

/// Planes padded to whole chroma samples, as TurboJPEG wants them.
final class JPEGPlanes {
  private let sizes: [(width: Int, height: Int)]  // without padding
  private let padded: [(width: Int, height: Int)]
  private let storage: [UnsafeMutableBufferPointer<UInt8>]

  init(_ width: Int, _ height: Int, _ format: PixelFormat) {
    let (stepX, stepY) = (1 << format.chromaShiftX, 1 << format.chromaShiftY)
    let whole = (
      width: (width + stepX - 1) / stepX * stepX, height: (height + stepY - 1) / stepY * stepY
    )
    sizes = (0..<format.planeCount).map { format.planeSize($0, width: width, height: height) }
    padded = (0..<format.planeCount).map {
      format.planeSize($0, width: whole.width, height: whole.height)
    }
    storage = padded.map { .allocate(capacity: $0.width * $0.height) }
  }

  deinit {
    for plane in storage { plane.deallocate() }
  }

  var strides: [Int32] { padded.map { Int32($0.width) } }
  var pointers: [UnsafeMutablePointer<UInt8>?] { storage.map(\.baseAddress) }

  /// Copies of the planes without the padding.
  func planes() -> [Plane] {
    storage.indices.map { index in
      let (size, stride) = (sizes[index], padded[index].width)
      let samples = [UInt8](unsafeUninitializedCapacity: size.width * size.height) {
        copyRows(
          from: storage[index].baseAddress, stride: stride, to: $0.baseAddress,
          stride: size.width, rowBytes: size.width, rows: size.height)
        $1 = size.width * size.height
      }
      return Plane(width: size.width, height: size.height, samples: .eight(samples))
    }
  }

  /// Takes over samples, repeating the last column and row into the padding.
  func fill(_ planes: [Plane]) {
    for (index, plane) in planes.enumerated() {
      let (size, whole) = (sizes[index], padded[index])
      plane.withRawSamples { source, _ in
        copyRows(
          from: source, stride: size.width, to: storage[index].baseAddress, stride: whole.width,
          rowBytes: size.width, rows: size.height)
      }
      for y in 0..<whole.height {
        let from = min(y, size.height - 1) * whole.width
        for x in (y < size.height ? size.width : 0)..<whole.width {
          storage[index][y * whole.width + x] = storage[index][from + min(x, size.width - 1)]
        }
      }
    }
  }
}
