internal import MediaTypes

/// What came of marking a still or a clip.
struct MarkingOutcome: Sendable {
  var statistics = MarkingStatistics()
  /// The first frame that was changed, as it was read and as it is written.
  var sample: (source: Picture, marked: Marked<Picture>)?
  /// What the user should know of the new file: what it could not keep, or a mark that does not read.
  var remarks: [String] = []
}
