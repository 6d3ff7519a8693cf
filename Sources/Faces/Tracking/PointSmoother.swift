public import Imaging

/// Smooths the points of one face from frame to frame.
///
/// Speeds count in sizes of the face, so that small and large faces are smoothed alike.
public struct PointSmoother: Sendable {
  private let settings: OneEuroFilter.Settings
  private var filters: [OneEuroFilter] = []

  public init(_ settings: OneEuroFilter.Settings = .init()) { self.settings = settings }

  /// The points of a frame, smoothed; always as many as in the first frame.
  ///
  /// - Parameters:
  ///   - size: Of the face, in samples.
  ///   - interval: Seconds since the frame before.
  public mutating func callAsFunction(
    _ points: [Point], size: Double, interval: Double
  ) -> [Point] {
    if filters.isEmpty {
      filters = Array(repeating: OneEuroFilter(settings), count: 2 * points.count)
    }
    precondition(filters.count == 2 * points.count, "\(points.count) points, not as before")
    let unit = max(1, size)
    return points.indices.map { index in
      Point(
        x: filters[2 * index](points[index].x, interval: interval, unit: unit),
        y: filters[2 * index + 1](points[index].y, interval: interval, unit: unit))
    }
  }
}
