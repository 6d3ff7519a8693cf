internal import Imaging
internal import MediaTypes

/// What is known of frames after they were marked.
struct MarkedFrames: Sendable {
  private(set) var frames = 0
  /// The first frame before and after.
  private(set) var sample: (cover: Picture, marked: Picture)?
  /// What the user should know of the new file: what it could not keep, or a mark that does not read.
  var remarks: [String] = []
  private var differenceSum = 0.0
  private var measured = 0

  var psnr: Double {
    peakSignalToNoiseRatio(meanSquaredDifference: differenceSum / Double(max(1, measured)))
  }

  /// Takes a frame into account; only some are measured, which would else cost more than marking.
  mutating func count(cover: Picture, marked: Picture) {
    if sample == nil { sample = (cover, marked) }
    if frames < 32 || frames % 8 == 0 {
      differenceSum += meanSquaredDifference(cover, marked)
      measured += 1
    }
    frames += 1
  }
}
