import MediaTypes
import Testing

/// Pseudo-random numbers that are the same in every run.
struct Randomness: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// One way of keeping a picture.
struct Kind: Sendable, CustomTestStringConvertible {
  let format: PixelFormat
  let color: ColorDescription

  var testDescription: String {
    "\(format.model) >>\(format.chromaShiftX),\(format.chromaShiftY) \(format.bitDepth) bits"
      + "\(format.hasAlpha ? " alpha" : "") \(color.range) \(color.matrix)"
  }

  static let all: [Kind] = [
    Kind(format: .gray8, color: ColorDescription(range: .full, matrix: .unspecified)),
    Kind(format: .rgb8, color: .rgb),
    Kind(format: .rgba8, color: .rgb),
    Kind(format: PixelFormat(model: .rgb, bitDepth: 16, hasAlpha: true), color: .rgb),
    Kind(format: .yuv420, color: .jpeg),
    Kind(format: .yuv420, color: ColorDescription(range: .limited, matrix: .bt601)),
    Kind(format: .yuv420, color: ColorDescription(range: .limited, matrix: .bt709)),
    Kind(format: .yuv422, color: ColorDescription(range: .full, matrix: .bt709)),
    Kind(format: .yuv444, color: ColorDescription(range: .limited, matrix: .unspecified)),
    Kind(format: .yuv420Deep10, color: ColorDescription(range: .limited, matrix: .bt2020)),
    Kind(
      format: PixelFormat(model: .yuv, chromaShiftX: 2, bitDepth: 12, hasAlpha: true),
      color: ColorDescription(range: .limited, matrix: .smpte240)),
  ]
  static let deep = all.filter { $0.format.bitDepth >= 10 }
}

/// A picture whose samples are given by plane, column and row.
func picture(
  _ width: Int, _ height: Int, _ kind: Kind, orientation: Orientation = .upright,
  _ sample: (_ plane: Int, _ x: Int, _ y: Int) -> Int
) -> Picture {
  let planes = (0..<kind.format.planeCount).map { index -> Plane in
    let size = kind.format.planeSize(index, width: width, height: height)
    let values = (0..<size.width * size.height).map { place in
      sample(index, place % size.width, place / size.width)
    }
    return Plane(
      width: size.width, height: size.height,
      samples: kind.format.bitDepth == 8
        ? .eight(values.map { UInt8($0) }) : .sixteen(values.map { UInt16($0) }))
  }
  return Picture(
    width: width, height: height, format: kind.format, planes: planes, color: kind.color,
    orientation: orientation)
}

func noise(
  _ width: Int, _ height: Int, _ kind: Kind, orientation: Orientation = .upright, seed: UInt64 = 1
) -> Picture {
  var randomness = Randomness(seed: seed)
  return picture(width, height, kind, orientation: orientation) { _, _, _ in
    Int.random(in: 0...kind.format.maximum, using: &randomness)
  }
}

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  precondition(a.count == b.count, "\(a.count) and \(b.count) values")
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
