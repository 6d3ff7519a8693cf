/// Two sums per channel in double precision.
public final class ChannelSums {
  public let channels: Int
  private var values: [Double]

  /// All sums are 0 at first.
  public init(channels: Int) {
    self.channels = channels
    values = Array(repeating: 0, count: 2 * channels)
  }

  /// The first sum of each channel: Σx, or in a pullback Σd.
  public var first: ArraySlice<Double> { values[..<channels] }

  /// The second sum of each channel: Σx², or in a pullback Σd·x.
  public var second: [Double] { Array(values[channels...]) }

  /// One thread's share.
  struct Values {
    let channels: Int
    var values: [Double]

    init(channels: Int) {
      self.channels = channels
      values = Array(repeating: 0, count: 2 * channels)
    }

    /// Sets the sums of some of the channels.
    mutating func set(_ part: Values, at start: Int) {
      for index in 0..<part.channels {
        values[start + index] = part.values[index]
        values[channels + start + index] = part.values[part.channels + index]
      }
    }
  }

  var emptyCopy: Values { Values(channels: channels) }

  /// Adds shares in their order.
  func add(_ shares: [Values?]) {
    for case let share? in shares {
      for index in values.indices { values[index] += share.values[index] }
    }
  }
}
