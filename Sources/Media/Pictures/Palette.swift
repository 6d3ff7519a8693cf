internal import CFFmpeg

/// The at most 255 colours that stand for all of a picture's in a GIF, and one for transparency.
///
/// Source: Heckbert 1982, "Color image quantization for frame buffer display" (median cut), over a
/// histogram of 5 bits per component, so that a pixel is placed by one look-up.
struct Palette {
  static let transparent = 255

  /// Alpha, red, green and blue from the highest byte down; 256 of them.
  ///
  /// Those that are not needed are opaque too: FFmpeg takes the first that is not for the
  /// transparent one.
  private(set) var colors = [UInt32](repeating: 0xFF00_0000, count: 255) + [0]
  /// The index of each 15-bit colour that occurs.
  private var indices = [UInt8](repeating: 0, count: 1 << 15)

  private struct Bin {
    var key: Int
    var count = 0
    var sums = SIMD3<Int>()

    /// 0 to 31.
    func level(_ axis: Int) -> Int { key >> (10 - 5 * axis) & 31 }
  }

  /// - Parameter frame: Planes of green, blue and red and perhaps alpha, of 8 bits.
  init(of frame: Frame) {
    var bins = (0..<1 << 15).map { Bin(key: $0) }
    frame.forEachPixel { color, _ in
      let key = Palette.key(color)
      bins[key].count += 1
      bins[key].sums &+= SIMD3(truncatingIfNeeded: color)
    }
    bins.removeAll { $0.count == 0 }
    var boxes = bins.isEmpty ? [] : [bins[...]]
    while boxes.count < Palette.transparent, let next = Palette.worst(of: boxes) {
      let (low, high) = Palette.split(boxes[next.box], along: next.axis)
      boxes[next.box] = low
      boxes.append(high)
    }
    for (index, box) in boxes.enumerated() {
      let count = box.reduce(0) { $0 + $1.count }
      let mean = box.reduce(SIMD3<Int>()) { $0 &+ $1.sums } / SIMD3(repeating: max(count, 1))
      colors[index] = 0xFF00_0000 | UInt32(mean.x) << 16 | UInt32(mean.y) << 8 | UInt32(mean.z)
      for bin in box { indices[bin.key] = UInt8(index) }
    }
  }

  func index(of color: SIMD3<UInt8>) -> UInt8 { indices[Palette.key(color)] }

  private static func key(_ color: SIMD3<UInt8>) -> Int {
    Int(color.x >> 3) << 10 | Int(color.y >> 3) << 5 | Int(color.z >> 3)
  }

  /// The box with most pixels times extent, and the axis of that extent; `nil` if all are points.
  private static func worst(of boxes: [ArraySlice<Bin>]) -> (box: Int, axis: Int)? {
    var (best, score): ((Int, Int)?, Int) = (nil, 0)
    for (index, box) in boxes.enumerated() where box.count > 1 {
      let count = box.reduce(0) { $0 + $1.count }
      for axis in 0..<3 {
        let levels = box.lazy.map { $0.level(axis) }
        let extent = (levels.max() ?? 0) - (levels.min() ?? 0)
        if count * extent > score { (best, score) = ((index, axis), count * extent) }
      }
    }
    return best.map { (box: $0.0, axis: $0.1) }
  }

  /// Two boxes of about as many pixels, neither empty.
  private static func split(
    _ box: ArraySlice<Bin>, along axis: Int
  ) -> (ArraySlice<Bin>, ArraySlice<Bin>) {
    let sorted = box.sorted { $0.level(axis) < $1.level(axis) }
    let half = sorted.reduce(0) { $0 + $1.count } / 2
    var (at, passed) = (0, 0)
    while at < sorted.count - 2, passed + sorted[at].count <= half {
      passed += sorted[at].count
      at += 1
    }
    return (sorted[...at], sorted[(at + 1)...])
  }
}

extension Frame {
  /// The picture in 255 colours of its own choice, where it is not transparent.
  ///
  /// To be called on 8-bit planes of green, blue and red, with or without alpha.
  func paletted() -> Frame {
    let palette = Palette(of: self)
    let result = Frame(width: width, height: height, format: AV_PIX_FMT_PAL8)
    let (target, stride) = (result.plane(0), result.stride(0))
    for y in 0..<height {
      (target + y * stride).update(repeating: UInt8(Palette.transparent), count: width)
    }
    forEachPixel { color, at in target[at.y * stride + at.x] = palette.index(of: color) }
    result.plane(1).withMemoryRebound(to: UInt32.self, capacity: 256) {
      $0.update(from: palette.colors, count: 256)
    }
    av_frame_copy_props(result.pointer, pointer)
    return result
  }

  /// Calls `body` with red, green and blue and the place of every pixel that is not transparent.
  fileprivate func forEachPixel(_ body: (SIMD3<UInt8>, (x: Int, y: Int)) -> Void) {
    let (green, blue, red) = (plane(0), plane(1), plane(2))
    let alpha = pixelFormat == AV_PIX_FMT_GBRAP ? plane(3) : nil
    let (strideG, strideB, strideR) = (stride(0), stride(1), stride(2))
    let strideA = alpha == nil ? 0 : stride(3)
    for y in 0..<height {
      for x in 0..<width {
        if let alpha, alpha[y * strideA + x] < 128 { continue }
        body(
          SIMD3(red[y * strideR + x], green[y * strideG + x], blue[y * strideB + x]), (x, y))
      }
    }
  }
}
