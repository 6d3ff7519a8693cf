internal import Foundation

/// The root mean square of each stretch of a sound, the stretches centred and the ends silent.
///
/// As `librosa.feature.rms`: stretch t is centred on sample `t · hop`.
public func rootMeanSquares(of samples: [Float], size: Int = 2048, hop: Int = 512) -> [Float] {
  var squares = [0.0]
  squares.reserveCapacity(samples.count + 1)
  for sample in samples { squares.append(squares[squares.count - 1] + Double(sample * sample)) }
  let last = (samples.count + size / 2 * 2 - size) / hop
  return (0...max(0, last)).map { frame in
    let start = frame * hop - size / 2
    let (low, high) = (max(0, start), min(samples.count, start + size))
    return Float((max(0, squares[high] - squares[low]) / Double(size)).squareRoot())
  }
}

/// The part of a sound from its first loud stretch to its last.
///
/// As `librosa.effects.trim`.
///
/// - Parameter range: How far, in decibels, a stretch may be below the loudest and still be loud.
/// - Returns: Indices of the samples; none where all is silent.
public func loudPart(
  of samples: [Float], within range: Float = 60, size: Int = 2048, hop: Int = 512
) -> Range<Int> {
  let levels = rootMeanSquares(of: samples, size: size, hop: hop)
  let threshold = (levels.max() ?? 0) * pow(10, -range / 20)
  guard threshold > 0, let first = levels.firstIndex(where: { $0 > threshold }),
    let last = levels.lastIndex(where: { $0 > threshold })
  else { return 0..<0 }
  return first * hop..<min(samples.count, (last + 1) * hop)
}
