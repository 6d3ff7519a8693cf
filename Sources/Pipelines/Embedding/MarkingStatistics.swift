internal import Imaging
internal import MediaTypes

/// How much the marks of some frames changed them.
struct MarkingStatistics: Sendable {
  private(set) var frames = 0
  private var differenceSum = 0.0
  private var measured = 0

  var psnr: Double {
    peakSignalToNoiseRatio(meanSquaredDifference: differenceSum / Double(max(1, measured)))
  }

  /// Takes a frame into account; only some are measured, which would else cost more than marking.
  mutating func count(before: Picture, after: Picture) {
    if frames < 32 || frames % 8 == 0 {
      differenceSum += meanSquaredDifference(before, after)
      measured += 1
    }
    frames += 1
  }
}
