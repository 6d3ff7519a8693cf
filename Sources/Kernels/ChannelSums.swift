internal import Foundation

/// Two sums per channel in double precision, added to by several threads.
public final class ChannelSums: @unchecked Sendable {
  public let channels: Int
  private let lock = NSLock()
  private var values: [Double]

  /// All sums are 0 at first.
  public init(channels: Int) {
    self.channels = channels
    values = Array(repeating: 0, count: 2 * channels)
  }

  /// The first sum of each channel: Σx, or in a pullback Σd.
  public var first: ArraySlice<Double> { lock.withLock { values[..<channels] } }

  /// The second sum of each channel: Σx², or in a pullback Σd·x.
  public var second: [Double] { lock.withLock { Array(values[channels...]) } }

  /// One thread's share.
  struct Values {
    let channels: Int
    var values: [Double]
  }

  var emptyCopy: Values {
    Values(channels: channels, values: Array(repeating: 0, count: 2 * channels))
  }

  func add(_ share: Values) {
    lock.withLock { for index in values.indices { values[index] += share.values[index] } }
  }
}
