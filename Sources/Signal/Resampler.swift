internal import Foundation

/// Changes the sample rate of one channel of sound, stretch by stretch.
///
/// Each new sample is a sum of old ones weighted by a windowed sinc around its own moment, so
/// nothing is shifted in time. What lies above about 0.95 of half the lower rate is filtered out:
/// the response falls by 6 dB there and by more than 100 dB from the half itself on. Made of any
/// stretches, the result is the same to the bit.
///
/// Source: Smith, "Digital audio resampling", https://ccrma.stanford.edu/~jos/resample/; constants
/// are those of torchaudio's `sinc_interp_kaiser` at its best.
public struct Resampler: Sendable {
  /// Zero crossings of the sinc on each side.
  private static let crossings = 64.0
  /// The cut-off as a share of half the lower rate.
  private static let rolloff = 0.9475937167399596
  private static let window = Window.kaiser(beta: 14.769656459379492)

  /// The rates in lowest terms.
  private let old, new: Int
  /// Old samples on either side that a new one is made of.
  private let reach: Int
  /// The weights of old samples `⌊moment⌋ − reach …` for each fraction of a sample: `[new, taps]`.
  private let weights: [Float]
  private let taps: Int

  /// Old samples that are still needed, from sample `first` on.
  private var kept: [Float]
  private var first: Int
  /// Samples given, and made, so far.
  private var given = 0
  private var made = 0

  /// - Parameters:
  ///   - old: The rate of what is given, in hertz.
  ///   - new: The rate of what is made, in hertz.
  public init(from old: Int, to new: Int) {
    precondition(old > 0 && new > 0, "from \(old) to \(new) samples a second")
    let divisor = greatestCommonDivisor(old, new)
    self.old = old / divisor
    self.new = new / divisor
    let cutoff = min(1, Double(new) / Double(old)) * Self.rolloff
    reach = Int((Self.crossings / cutoff).rounded(.up))
    taps = 2 * reach + 2
    var weights: [Float] = []
    weights.reserveCapacity(self.new * taps)
    for phase in 0..<self.new {
      for tap in 0..<taps {
        let distance =
          (Double(tap - reach) - Double(phase) / Double(self.new)) * cutoff
        let place = (distance / Self.crossings + 1) / 2
        let isOutside = place < 0 || place > 1
        let sinc = distance == 0 ? 1 : sin(.pi * distance) / (.pi * distance)
        weights.append(isOutside ? 0 : Float(cutoff * sinc * Self.window.value(at: place)))
      }
    }
    self.weights = weights
    kept = [Float](repeating: 0, count: reach)
    first = -reach
  }

  /// All of a sound at another rate: `⌈count · new / old⌉` samples.
  public static func resampled(_ samples: [Float], from old: Int, to new: Int) -> [Float] {
    guard old != new else { return samples }
    var resampler = Resampler(from: old, to: new)
    return resampler.append(samples) + resampler.finish()
  }

  /// Takes the next samples, and gives those that they complete.
  public mutating func append(_ samples: [Float]) -> [Float] {
    kept += samples
    given += samples.count
    return completed(until: .max)
  }

  /// Gives the rest, as if silence followed.
  public mutating func finish() -> [Float] {
    kept += [Float](repeating: 0, count: taps)
    return completed(until: (given * new + old - 1) / old)
  }

  private mutating func completed(until limit: Int) -> [Float] {
    var result: [Float] = []
    while made < limit {
      let start = made * old / new - reach - first
      guard start + taps <= kept.count else { break }
      result.append(sum(from: start, phase: made * old % new))
      made += 1
    }
    let next = min(kept.count, made * old / new - reach - first)
    kept.removeFirst(next)
    first += next
    return result
  }

  private func sum(from start: Int, phase: Int) -> Float {
    // Eight sums, which the processor forms at once.
    var sums = SIMD8<Float>()
    let (samples, weights) = (kept.span, weights.span)
    var tap = 0
    while tap + 8 <= taps {
      var (a, b) = (SIMD8<Float>(), SIMD8<Float>())
      for lane in 0..<8 {
        a[lane] = samples[start + tap + lane]
        b[lane] = weights[phase * taps + tap + lane]
      }
      sums += a * b
      tap += 8
    }
    var total = sums.sum()
    while tap < taps {
      total += samples[start + tap] * weights[phase * taps + tap]
      tap += 1
    }
    return total
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}
