/// How the samples along one axis follow from those of another length: a few neighbours each, with
/// weights that sum to 1.
///
/// Both lengths cover the same extent; samples stand in the middles of equal parts of it. Beyond
/// the ends the last sample goes on.
struct Resampling: Sendable {
  /// The first neighbour of every result.
  let starts: [Int]
  /// Neighbours of every result; some may have weight 0.
  let taps: Int
  /// `taps` weights for every result.
  let weights: [Float]

  var count: Int { starts.count }

  /// The mean over the part of the axis that each result covers; between samples, where there are
  /// fewer of them than results, on the line through the nearest two.
  static func averaging(_ length: Int, to count: Int) -> Resampling {
    count <= length
      ? Resampling(windows: coverage(length, count), length: length)
      : Resampling(windows: linear(length, count), length: length)
  }

  /// The curve through the samples (Catmull–Rom, a = −½); the mean over the part that each result
  /// covers, where there are more samples than results.
  ///
  /// Source: Keys 1981, "Cubic convolution interpolation", IEEE Trans. ASSP 29(6).
  static func interpolating(_ length: Int, to count: Int) -> Resampling {
    count < length
      ? Resampling(windows: coverage(length, count), length: length)
      : Resampling(windows: cubic(length, count), length: length)
  }

  /// Folds windows that reach over the ends, and brings all to one number of neighbours.
  private init(windows: [(start: Int, weights: [Double])], length: Int) {
    let taps = min(length, windows.reduce(1) { max($0, $1.weights.count) })
    var starts: [Int] = []
    var weights: [Float] = []
    for window in windows {
      let start = max(0, min(length - taps, window.start))
      var folded = [Double](repeating: 0, count: taps)
      for (offset, weight) in window.weights.enumerated() {
        folded[max(0, min(length - 1, window.start + offset)) - start] += weight
      }
      starts.append(start)
      weights += folded.map { Float($0) }
    }
    self.starts = starts
    self.taps = taps
    self.weights = weights
  }

  private static func coverage(_ length: Int, _ count: Int) -> [(Int, [Double])] {
    (0..<count).map { index in
      // In units of 1 / count of a sample all edges are whole, so that no weight is lost.
      let (low, high) = (index * length, (index + 1) * length)
      let (first, last) = (low / count, (high + count - 1) / count)
      let weights = (first..<last).map { sample in
        Double(min(high, (sample + 1) * count) - max(low, sample * count)) / Double(length)
      }
      return (first, weights)
    }
  }

  private static func linear(_ length: Int, _ count: Int) -> [(Int, [Double])] {
    (0..<count).map { index in
      let (first, fraction) = position(index, length, count)
      return (first, [1 - fraction, fraction])
    }
  }

  private static func cubic(_ length: Int, _ count: Int) -> [(Int, [Double])] {
    (0..<count).map { index in
      let (first, t) = position(index, length, count)
      return (
        first - 1,
        [
          ((2 - t) * t - 1) * t / 2,
          ((3 * t - 5) * t * t + 2) / 2,
          ((4 - 3 * t) * t + 1) * t / 2,
          (t - 1) * t * t / 2,
        ]
      )
    }
  }

  /// The sample before a result's middle, and how far the middle lies beyond it, in samples.
  private static func position(_ index: Int, _ length: Int, _ count: Int) -> (Int, Double) {
    let place = (Double(index) + 0.5) * Double(length) / Double(count) - 0.5
    let before = place.rounded(.down)
    return (Int(before), place - before)
  }
}
