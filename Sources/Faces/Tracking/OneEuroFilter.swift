internal import Foundation

/// Smooths a measured number over time: much where it rests, little where it moves fast.
///
/// Source: Casiez, Roussel & Vogel 2012, "1 € filter", CHI 2012, algorithm 1.
public struct OneEuroFilter: Sendable {
  /// How far the filter follows.
  public struct Settings: Hashable, Sendable {
    /// The cut-off of what rests, in hertz: the lower, the less jitter.
    public var cutoff: Double
    /// By how many hertz the cut-off rises for each unit per second: the higher, the less lag.
    public var slope: Double
    /// The cut-off of the speed itself, in hertz.
    public var speedCutoff: Double

    public init(cutoff: Double = 1, slope: Double = 3, speedCutoff: Double = 2) {
      self.cutoff = cutoff
      self.slope = slope
      self.speedCutoff = speedCutoff
    }
  }

  private let settings: Settings
  private var state: (value: Double, speed: Double)?

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// The smoothed value of a measurement.
  ///
  /// - Parameters:
  ///   - interval: Seconds since the one before.
  ///   - unit: What counts as 1 in the settings' slope.
  public mutating func callAsFunction(_ value: Double, interval: Double, unit: Double = 1)
    -> Double
  {
    guard let last = state, interval > 0 else {
      state = (state?.value ?? value, state?.speed ?? 0)
      return state?.value ?? value
    }
    func weight(_ cutoff: Double) -> Double { 1 / (1 + 1 / (2 * .pi * cutoff * interval)) }
    let speed =
      last.speed + weight(settings.speedCutoff) * ((value - last.value) / interval - last.speed)
    let share = weight(settings.cutoff + settings.slope * abs(speed) / unit)
    let smoothed = last.value + share * (value - last.value)
    state = (smoothed, speed)
    return smoothed
  }
}
