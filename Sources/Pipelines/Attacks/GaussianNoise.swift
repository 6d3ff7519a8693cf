internal import Foundation
internal import Neural

/// Standard normal numbers in a sequence fixed by its seed, fast enough for every sample of a film.
///
/// Each is one of 65,536 equally probable quantiles of the normal distribution.
struct GaussianNoise {
  private var generator: SplitMix64
  private var bits: UInt64 = 0
  private var left = 0

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  mutating func next() -> Float {
    if left == 0 {
      bits = generator.next()
      left = 4
    }
    defer {
      bits >>= 16
      left -= 1
    }
    return Self.quantiles[Int(bits & 0xFFFF)]
  }

  /// The middles of 65,536 equally probable ranges, by bisection of the distribution function.
  private static let quantiles: [Float] = {
    let count = 65_536
    let lower = (0..<count / 2).map { index -> Float in
      let probability = (Double(index) + 0.5) / Double(count)
      var (low, high) = (-6.0, 0.0)
      for _ in 0..<40 {
        let middle = (low + high) / 2
        let isBelow = erfc(-middle / 2.0.squareRoot()) / 2 < probability
        if isBelow { low = middle } else { high = middle }
      }
      return Float(low)
    }
    return lower + lower.reversed().map { -$0 }
  }()
}
