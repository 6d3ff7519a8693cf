internal import Imaging
internal import Media
internal import MediaTypes
internal import QRSteganography

/// How stills fare: the paper's table 4, and more attacks.
struct StillEvaluation: Sendable {
  /// One line of the paper's table.
  struct Row: Sendable {
    let path: String
    /// Of the 8-bit RGB picture as saved.
    let psnr: Double
    let isRead: Bool
    let isReadAfterNoise: Bool
  }

  static let noise = Attack.noise(0.02)
  static let attacks: [Attack] = [
    .none, noise, .jpeg(90), .jpeg(75), .jpeg(50), .h264(18), .h264(23), .h264(28), .scale(0.5),
    .brightness(0.5), .brightness(1.5), .crop(0.8),
  ]

  private(set) var rows: [Row] = []
  private(set) var tallies = [Tally](repeating: Tally(), count: attacks.count)
  /// Unmarked pictures in which a code was found.
  private(set) var falsePositives = 0
  /// Pictures that could not be used, with reasons.
  private(set) var failures: [String] = []

  var meanPSNR: Double {
    rows.isEmpty ? .nan : rows.reduce(0) { $0 + $1.psnr } / Double(rows.count)
  }

  mutating func add(_ path: String, examiner: Examiner) {
    do {
      try measure(path, examiner)
    } catch {
      failures.append("\(path): \(sentence(for: error))")
    }
  }

  private mutating func measure(_ path: String, _ examiner: Examiner) throws {
    let still = try readStill(path: path).asRGB()
    // Alpha is no part of the measures.
    let cover = Picture(rgbWidth: still.width, height: still.height, bytes: still.interleavedRGB)
    if examiner.findsAnything(in: examiner.model.softCode(of: cover), effort: .thorough) {
      falsePositives += 1
    }
    var marked = cover
    examiner.model.mark(&marked, with: examiner.code)
    var results: [Attack: Tally] = [:]
    for attack in Self.attacks {
      let seed = UInt64(rows.count)
      results[attack] =
        examiner.examine(
          try attack([marked], seed: seed), effort: .thorough
        ).tally
    }
    for (index, attack) in Self.attacks.enumerated() {
      tallies[index] = tallies[index] + (results[attack] ?? Tally())
    }
    rows.append(
      Row(
        path: path, psnr: peakSignalToNoiseRatio(cover, marked),
        isRead: results[.none]?.read == 1, isReadAfterNoise: results[Self.noise]?.read == 1))
  }
}
