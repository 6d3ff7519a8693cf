/// One component of a picture: rows of samples from top to bottom, without padding.
public struct Plane: Hashable, Sendable {
  public enum Samples: Hashable, Sendable {
    case eight([UInt8])
    case sixteen([UInt16])

    public var count: Int {
      switch self {
      case .eight(let samples): samples.count
      case .sixteen(let samples): samples.count
      }
    }
  }

  public let width: Int
  public let height: Int
  /// `width · height` samples, row by row.
  public var samples: Samples {
    didSet { precondition(samples.count == width * height, "a plane keeps its sample count") }
  }

  public init(width: Int, height: Int, samples: Samples) {
    precondition(samples.count == width * height, "a plane of \(width)×\(height) samples")
    self.width = width
    self.height = height
    self.samples = samples
  }

  /// A plane of one value, in bytes if `bitDepth` is 8.
  public init(width: Int, height: Int, bitDepth: Int, repeating value: Int) {
    let count = width * height
    self.init(
      width: width, height: height,
      samples: bitDepth > 8
        ? .sixteen([UInt16](repeating: UInt16(value), count: count))
        : .eight([UInt8](repeating: UInt8(value), count: count)))
  }

  /// The sample at column `x`, row `y`.
  ///
  /// Convenient, not fast: loops take `samples` apart once.
  public subscript(x: Int, y: Int) -> Int {
    switch samples {
    case .eight(let samples): Int(samples[y * width + x])
    case .sixteen(let samples): Int(samples[y * width + x])
    }
  }
}
