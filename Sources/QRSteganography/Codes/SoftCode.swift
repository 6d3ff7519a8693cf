/// What a decoder's logits say of every module, for every version a code may have, over any number
/// of frames.
///
/// Values are means of logits, positive where dark. The decoder is trained by cross-entropy, so a
/// logit already is a log-likelihood ratio: evidence of several frames is combined by adding, and a
/// frame the decoder is unsure of counts for little by itself.
public struct SoftCode: Sendable {
  /// How many frames have been added.
  public private(set) var frames = 0
  private var sums: [[Float]]

  public init() {
    sums = QRCode.versions.map { version in
      let size = CodeLayout.of(version: version).size
      return [Float](repeating: 0, count: size * size)
    }
  }

  /// The evidence of one frame: `height` rows of `width` logits, positive where dark.
  public init(logits: [Float], width: Int, height: Int) {
    self.init()
    sums = QRCode.versions.map { version in
      moduleMeans(
        of: logits, width: width, height: height, size: CodeLayout.of(version: version).size)
    }
    frames = 1
  }

  /// Adds the evidence of other frames, times a weight.
  public mutating func add(_ other: SoftCode, weight: Float = 1) {
    for index in sums.indices {
      for module in sums[index].indices {
        sums[index][module] += other.sums[index][module] * weight
      }
    }
    frames += other.frames
  }

  /// The summed evidence for the modules of a code of the given version, row by row.
  public func values(version: Int) -> [Float] {
    precondition(QRCode.versions.contains(version), "no values for version \(version)")
    return sums[version - QRCode.versions.lowerBound]
  }
}
