/// A window that may hold a face, in the units and single precision of the original, whose first
/// sample is 1.
struct FaceCandidate {
  var left, top, right, bottom: Float
  var score: Float
  /// Shifts of the edges that a network asks for, in sizes of the window.
  var shift = SIMD4<Float>()
  /// Five points, if they are known.
  var points: [(x: Float, y: Float)] = []

  /// The window with its edges shifted; `extra` is what its size counts beyond the difference of
  /// its edges.
  func shifted(extra: Float) -> FaceCandidate {
    let (width, height) = (right - left + extra, bottom - top + extra)
    var result = self
    result.left += shift[0] * width
    result.top += shift[1] * height
    result.right += shift[2] * width
    result.bottom += shift[3] * height
    return result
  }

  /// The square about the same middle whose side is the longer one.
  var squared: FaceCandidate {
    let (width, height) = (right - left, bottom - top)
    let side = max(width, height)
    var result = self
    result.left += width * 0.5 - side * 0.5
    result.top += height * 0.5 - side * 0.5
    result.right = result.left + side
    result.bottom = result.top + side
    return result
  }
}

extension [FaceCandidate] {
  /// The surest ones, in this order; of equal ones the first.
  func best(_ count: Int) -> [FaceCandidate] { order.prefix(count).map { self[$0] } }

  private var order: [Int] {
    indices.sorted { (self[$0].score, $1) > (self[$1].score, $0) }
  }

  /// What is left when each candidate, best first, drops the worse ones that it covers too much of.
  ///
  /// - Parameters:
  ///   - limit: The share of overlap that is still allowed.
  ///   - ofSmaller: Whether the share is of the smaller window instead of both together.
  ///   - extra: What sizes count beyond the difference of the edges.
  func suppressed(
    limit: Float, ofSmaller: Bool = false, extra: Float = 0
  ) -> [FaceCandidate] {
    let order = order
    let areas = map { ($0.right - $0.left + extra) * ($0.bottom - $0.top + extra) }
    var isDropped = [Bool](repeating: false, count: count)
    var kept: [FaceCandidate] = []
    for (rank, index) in order.enumerated() where !isDropped[index] {
      let best = self[index]
      kept.append(best)
      for other in order[(rank + 1)...] where !isDropped[other] {
        let rest = self[other]
        let width = Swift.max(
          0, Swift.min(best.right, rest.right) - Swift.max(best.left, rest.left) + extra)
        let height = Swift.max(
          0, Swift.min(best.bottom, rest.bottom) - Swift.max(best.top, rest.top) + extra)
        let common = width * height
        let whole =
          ofSmaller
          ? Swift.min(areas[index], areas[other]) : areas[index] + areas[other] - common
        if common / whole > limit { isDropped[other] = true }
      }
    }
    return kept
  }
}
