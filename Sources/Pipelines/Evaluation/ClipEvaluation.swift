internal import Imaging
internal import Media
internal import MediaTypes
internal import QRSteganography

/// How clips fare in H.264, in pieces of two seconds.
struct ClipEvaluation: Sendable {
  static let rates = [18, 23, 28]
  private static let pieceSeconds = 2.0
  /// Frames of a piece take no more memory than this, so that pieces of large films are shorter.
  private static let byteLimit = 500_000_000

  private(set) var pieces = 0
  private(set) var frames = 0
  private var differences = 0.0
  /// Before any attack, frame by frame.
  private(set) var clean = Tally()
  /// Frame by frame and piece by piece, for each of ``rates``.
  private(set) var attacked = rates.map { _ in (single: Tally(), whole: Tally()) }
  /// Unmarked frames and pieces in which a code was found.
  private(set) var falsePositives = (frames: 0, pieces: 0)
  private(set) var failures: [String] = []

  /// In dB, from the mean squared difference over all frames before encoding.
  var psnr: Double {
    peakSignalToNoiseRatio(meanSquaredDifference: differences / Double(max(1, frames)))
  }

  mutating func add(
    _ path: String, examiner: Examiner, policy: MarkingPolicy, pieceLimit: Int
  ) {
    do {
      let reader = try MediaReader(path: path)
      guard let rate = reader.video?.frameRate.value else {
        throw PipelineError.unreadable(path: path, reason: "it holds no moving pictures")
      }
      let wanted = max(8, Int((Self.pieceSeconds * min(rate, 60)).rounded()))
      var piece: [Picture] = []
      var done = 0
      while done < pieceLimit, let item = try reader.next() {
        guard case .picture(let picture) = item else { continue }
        piece.append(picture)
        guard piece.count == wanted || piece.count * picture.byteCount > Self.byteLimit else {
          continue
        }
        try measure(piece, examiner, policy)
        piece = []
        done += 1
      }
      if done == 0, !piece.isEmpty { try measure(piece, examiner, policy) }
    } catch {
      failures.append("\(path): \(sentence(for: error))")
    }
  }

  private mutating func measure(
    _ covers: [Picture], _ examiner: Examiner, _ policy: MarkingPolicy
  ) throws {
    var blank = SoftCode()
    var marker = ClipMarker(model: examiner.model, code: examiner.code, policy: policy)
    var marked: [Picture] = []
    for cover in covers {
      let soft = examiner.model.softCode(of: cover)
      blank.add(soft)
      if examiner.findsAnything(in: soft, effort: .frame) { falsePositives.frames += 1 }
      let picture = marker.mark(Synthetic(cover)).media
      differences += meanSquaredDifference(cover, picture)
      marked.append(picture)
    }
    if examiner.findsAnything(in: blank, effort: .thorough) { falsePositives.pieces += 1 }
    frames += covers.count
    pieces += 1
    clean = clean + examiner.examine(marked, effort: .frame).tally
    for (index, rate) in Self.rates.enumerated() {
      let (tally, sum) = examiner.examine(
        try h264RoundTrip(marked, crf: rate), effort: .frame)
      attacked[index].single = attacked[index].single + tally
      attacked[index].whole = attacked[index].whole + examiner.examine(sum: sum)
    }
  }
}
