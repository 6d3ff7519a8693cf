internal import Foundation
internal import Imaging

extension Raster {
  /// The raster moved towards another of its size, as by a mean over time that forgets exponentially.
  ///
  /// - Parameters:
  ///   - memory: Seconds in which all but 1/e is forgotten.
  ///   - interval: Seconds since this raster was right.
  func approaching(_ target: Raster, memory: Double, interval: Double) -> Raster {
    let share = Float(1 - exp(-interval / memory))
    return Raster(
      width: width, height: height, channels: channels,
      values: zip(values, target.values).map { $0 + share * ($1 - $0) })
  }
}
