internal import MediaTypes
internal import QRSteganography

/// Reads codes and compares them with what they should say.
struct Examiner: Sendable {
  let model: StegoModel
  let code: QRCode
  private let reader = CodeReader()

  init(model: StegoModel, code: QRCode) {
    self.model = model
    self.code = code
  }

  /// Reads frames, each by itself; also gives the sum of their soft values.
  ///
  /// - Parameter effort: As `verify` makes it: `frame` for those of a clip, `thorough` for a still.
  func examine(
    _ frames: [Picture], effort: CodeReader.Effort
  ) -> (tally: Tally, sum: SoftCode) {
    var tally = Tally()
    var sum = SoftCode()
    for frame in frames {
      let soft = model.softCode(of: frame)
      sum.add(soft)
      tally.add(
        isRead: reader.read(soft, effort: effort)?.text == code.text,
        wrongModules: wrongModules(soft))
    }
    return (tally, sum)
  }

  /// Reads a clip as a whole.
  func examine(sum: SoftCode) -> Tally {
    var tally = Tally()
    tally.add(
      isRead: reader.read(sum, effort: .thorough)?.text == code.text,
      wrongModules: wrongModules(sum))
    return tally
  }

  /// Whether any code is read, where there is none.
  func findsAnything(in soft: SoftCode, effort: CodeReader.Effort) -> Bool {
    reader.read(soft, effort: effort) != nil
  }

  private func wrongModules(_ soft: SoftCode) -> Double {
    let values = soft.values(version: code.version)
    let wrong = zip(values, code.modules).reduce(0) { $0 + (($1.0 > 0) == $1.1 ? 0 : 1) }
    return Double(wrong) / Double(values.count)
  }
}
