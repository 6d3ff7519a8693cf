internal import Foundation

/// How loud a programme is as a whole, in LUFS: −23 is the aim of broadcasters, −16 of podcasts.
///
/// Source: ITU-R BS.1770-4, annex 1: frequency weighting, blocks of 400 ms with gates at −70 LUFS
/// and 10 LU below the mean.
///
/// - Parameters:
///   - channels: Samples of one or two channels, −1…1.
///   - sampleRate: Hertz.
/// - Returns: −∞ where nothing passes the gates.
public func loudness(of channels: [[Float]], sampleRate: Double) -> Double {
  let weighted = channels.map { channel in
    Biquad.shelf(sampleRate).filtering(channel.map { Double($0) })
  }.map { Biquad.highPass(sampleRate).filtering($0) }
  let count = weighted.first?.count ?? 0
  let (size, hop) = (Int((0.4 * sampleRate).rounded()), Int((0.1 * sampleRate).rounded()))
  let powers = stride(from: 0, through: count - size, by: hop).map { start in
    weighted.reduce(0) { sum, channel in
      sum + channel[start..<start + size].reduce(0) { $0 + $1 * $1 } / Double(size)
    }
  }
  func level(_ powers: [Double]) -> Double {
    powers.isEmpty ? -.infinity : -0.691 + 10 * log10(powers.reduce(0, +) / Double(powers.count))
  }
  let audible = powers.filter { level([$0]) > -70 }
  let gate = level(audible) - 10
  return level(audible.filter { level([$0]) > gate })
}

/// A recursive filter of second order.
private struct Biquad {
  let b: (Double, Double, Double)
  let a: (Double, Double)

  /// The first stage: the head lifts high frequencies by 4 dB.
  static func shelf(_ sampleRate: Double) -> Biquad {
    let k = tan(.pi * 1681.974450955533 / sampleRate)
    let q = 0.7071752369554196
    let high = pow(10, 3.999843853973347 / 20)
    let band = pow(high, 0.4996667741545416)
    let a0 = 1 + k / q + k * k
    return Biquad(
      b: (
        (high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0
      ),
      a: (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0))
  }

  /// The second stage: the ear hears little below 40 Hz.
  static func highPass(_ sampleRate: Double) -> Biquad {
    let k = tan(.pi * 38.13547087602444 / sampleRate)
    let q = 0.5003270373238773
    let a0 = 1 + k / q + k * k
    return Biquad(b: (1, -2, 1), a: (2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0))
  }

  func filtering(_ samples: [Double]) -> [Double] {
    var (first, second) = (0.0, 0.0)
    return samples.map { x in
      let y = b.0 * x + first
      first = b.1 * x - a.0 * y + second
      second = b.2 * x - a.1 * y
      return y
    }
  }
}
