internal import Foundation
internal import QRSteganography

/// Looks for one mark in the soft values of frame after frame.
///
/// Each frame is read alone; until something is found, so are sums over the last frames and over all
/// frames so far, whose errors cancel. From then on a frame is first compared with the code that is
/// known, which tells whether trying to read it can succeed at all.
struct MarkSearch {
  /// Frames whose sum is read while nothing has been found: two seconds or so.
  private static let window = 50
  /// Soft values kept from before the text was known, to be compared with it.
  private static let pendingLimit = 500

  private(set) var best: CodeReading?
  /// How often something could have been found, for Bonferroni's correction.
  private(set) var attempts = 0
  /// Frames whose code reads alone, by what it says; texts beyond a few are not counted.
  private(set) var readings: [String: Int] = [:]
  /// Soft values over all frames.
  private(set) var total = SoftCode()
  /// −log₁₀ of the probability that an unmarked frame agrees so well with the code found.
  private(set) var confidences: [(frame: Int, confidence: Float)] = []

  private var recent = SoftCode()
  private var pending: [(frame: Int, soft: SoftCode)] = []
  private let reader = CodeReader()

  /// The probability that unmarked media would have been taken for marked by any of the attempts.
  var pValue: Double { best.map { min(1, $0.pValue * Double(attempts)) } ?? 1 }

  var framesRead: Int { best.map { readings[$0.text, default: 0] } ?? 0 }

  mutating func add(_ soft: SoftCode, frame: Int) {
    total.add(soft)
    if let best {
      assess(soft, frame: frame, against: best.code)
    } else {
      if pending.count < Self.pendingLimit { pending.append((frame, soft)) }
      if let reading = attempt(soft, .frame) {
        count(reading.text)
        found(reading)
      } else {
        readSums(with: soft)
      }
    }
  }

  /// Reads the sum over all frames, which is the surest of all readings.
  mutating func finish() {
    guard total.frames > 0, let reading = attempt(total, .thorough) else { return }
    if best == nil || reading.pValue <= best?.pValue ?? 1 { found(reading) }
  }

  private mutating func attempt(_ soft: SoftCode, _ effort: CodeReader.Effort) -> CodeReading? {
    attempts += 1
    return reader.read(soft, effort: effort)
  }

  private mutating func readSums(with soft: SoftCode) {
    recent.add(soft)
    let count = total.frames
    if count > 1, count & (count - 1) == 0, let reading = attempt(total, .thorough) {
      return found(reading)
    }
    guard recent.frames == Self.window else { return }
    if let reading = attempt(recent, .thorough) { found(reading) }
    recent = SoftCode()
  }

  private mutating func found(_ reading: CodeReading) {
    let isFirst = best == nil
    best = reading
    guard isFirst else { return }
    for (frame, soft) in pending {
      confidences.append((frame, confidence(of: reading.code, in: soft).value))
    }
    pending = []
  }

  private mutating func assess(_ soft: SoftCode, frame: Int, against code: QRCode) {
    let (confidence, mayRead) = confidence(of: code, in: soft)
    confidences.append((frame, confidence))
    // Another text may begin where this one cannot be recognized.
    guard mayRead || confidence < 2 else { return }
    if let reading = attempt(soft, .frame) { count(reading.text) }
  }

  /// - Returns: −log₁₀ of the p-value, and whether a reading could be as significant as it must be.
  private func confidence(of code: QRCode, in soft: SoftCode) -> (value: Float, mayRead: Bool) {
    let pValue = CodeReader.pValue(of: code, in: soft)
    // A reading's p-value is this one times the number of possible codes.
    return (Float(min(300, -log10(max(pValue, 1e-300)))), pValue < CodeReader.significance)
  }

  private mutating func count(_ text: String) {
    guard readings[text] != nil || readings.count < 64 else { return }
    readings[text, default: 0] += 1
  }
}
