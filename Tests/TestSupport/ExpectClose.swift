public import Testing

/// Expects `max|actual − expected| ≤ tolerance · max|expected|`, and reports the worst element.
///
/// Where all that is expected is 0, the tolerance is absolute.
///
/// - Parameter what: Names the compared array in the message.
public func expectClose(
  _ actual: [Float], _ expected: [Float], tolerance: Float, _ what: String = "result",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(what): \(actual.count) elements, expected \(expected.count)",
      sourceLocation: sourceLocation)
    return
  }
  let differences = zip(actual, expected).map { $0.isFinite ? abs($0 - $1) : .infinity }
  guard let worst = differences.indices.max(by: { differences[$0] < differences[$1] }) else {
    return
  }
  let largest = expected.reduce(0) { max($0, abs($1)) }
  let difference = differences[worst]
  #expect(
    difference <= tolerance * (largest == 0 ? 1 : largest),
    """
    \(what): element \(worst) of \(actual.count) is \(actual[worst]), expected \(expected[worst]); \
    \(difference / (largest == 0 ? 1 : largest)) of the largest, \(largest)
    """, sourceLocation: sourceLocation)
}
