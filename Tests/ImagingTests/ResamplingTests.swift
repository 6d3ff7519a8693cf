import Testing

@testable import Imaging

@Suite struct ResamplingTests {
  static let lengths =
    [(1, 1), (1, 7), (2, 5), (3, 128), (5, 3), (64, 128), (127, 128), (129, 128)]
    + [(720, 128), (1281, 128), (128, 1280), (128, 719)]

  /// What a resampling makes of values.
  static func result(_ resampling: Resampling, of values: [Float]) -> [Float] {
    (0..<resampling.count).map { index in
      (0..<resampling.taps).reduce(0) {
        $0 + values[resampling.starts[index] + $1]
          * resampling.weights[index * resampling.taps + $1]
      }
    }
  }

  @Test(arguments: lengths) func `keeps what is the same everywhere`(length: Int, count: Int) {
    let values = [Float](repeating: 3, count: length)
    for way in [Resampling.averaging(length, to: count), .interpolating(length, to: count)] {
      let result = Self.result(way, of: values)
      #expect(result.count == count)
      #expect(largestDifference(result, [Float](repeating: 3, count: count)) < 1e-5)
    }
  }

  @Test(arguments: lengths.filter { $0.0 >= $0.1 })
  func `averaging keeps the mean`(length: Int, count: Int) {
    var randomness = Randomness(seed: 2)
    let values = (0..<length).map { _ in Float.random(in: 0...1, using: &randomness) }
    let result = Self.result(.averaging(length, to: count), of: values)
    let (before, after) = (
      values.reduce(0, +) / Float(length), result.reduce(0, +) / Float(count)
    )
    #expect(abs(before - after) < 1e-5)
  }

  @Test func `averages by the shared extent`() {
    // Parts of 5/3 samples: 1 and 2/3 of the second; 1/3, 1, 1/3; 2/3 and 1.
    let result = Self.result(.averaging(5, to: 3), of: [1, 2, 4, 8, 16])
    let expected: [Float] = [
      (1 + 2 * 2 / 3) * 3 / 5, (2 / 3 + 4 + 8 / 3) * 3 / 5, (8 * 2 / 3 + 16) * 3 / 5,
    ]
    #expect(largestDifference(result, expected) < 1e-5)
  }

  @Test func `averaging draws straight lines between fewer samples`() {
    let result = Self.result(.averaging(2, to: 4), of: [0, 1])
    #expect(largestDifference(result, [0, 0.25, 0.75, 1]) < 1e-6)
  }

  @Test(arguments: [2, 3, 10]) func `the cubic passes through parabolas`(factor: Int) {
    let length = 16
    func parabola(_ x: Float) -> Float { 0.3 * x * x - 2 * x + 1 }
    let way = Resampling.interpolating(length, to: length * factor)
    let result = Self.result(way, of: (0..<length).map { parabola(Float($0)) })
    for index in 2 * factor..<(length - 2) * factor {
      let x = (Float(index) + 0.5) / Float(factor) - 0.5
      #expect(abs(result[index] - parabola(x)) < 1e-3, "at \(x)")
    }
  }

  @Test func `the cubic has Keys's weights`() {
    // A quarter of the way between two samples.
    let way = Resampling.interpolating(5, to: 10)
    #expect(way.taps == 4)
    #expect(way.starts[5] == 1)  // The middle is at 2.25, between the neighbours 1, 2 and 3, 4.
    let quarter: [Float] = [-0.0703125, 0.8671875, 0.2265625, -0.0234375]
    let result = Self.result(way, of: [0, 1, 10, 100, 1000])
    let expected = zip(quarter, [1, 10, 100, 1000]).reduce(Float(0)) { $0 + $1.0 * Float($1.1) }
    #expect(abs(result[5] - expected) < 1e-3)
  }

  @Test func `goes on with the last sample beyond the ends`() {
    let way = Resampling.interpolating(4, to: 8)
    let result = Self.result(way, of: [5, 5, 5, 5])
    #expect(largestDifference(result, [Float](repeating: 5, count: 8)) < 1e-6)
    #expect(way.starts.allSatisfy { $0 >= 0 && $0 + way.taps <= 4 })
  }
}
