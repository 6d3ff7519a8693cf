internal import Imaging
internal import MediaTypes
internal import Neural

/// One cover with the code that is to be hidden in it.
struct StegoSample: Sendable {
  let frames: [Picture]
  let cover: YUVPicture
  /// How well changes of the cover are seen; see ``Visibility``.
  let visibility: [Float]
  let code: QRCode

  init(media: any StegoTrainingMedia, placement: ResidualPlacement, seed: UInt64) {
    frames = media.cover(seed: seed)
    cover = placement.reduced(frames[0])
    visibility = Visibility.weights(of: cover)
    code = .random(seed: seed)
  }

  /// What the decoder is to see, once the residual has been added and attacked.
  struct Seen: Sendable {
    let values: [Float]
    let kind: String
    /// The cover as it would look after the attack but for what a codec does.
    let cover: [Float]
    let gain: Float
    let isFiltering: Bool
    /// Mean squared error of the marked picture over that of the residual itself; see
    /// ``StegoTrainer``.
    let errorRatio: Float
  }

  /// Marks the frames for real, attacks them and looks at them again.
  func seen(
    residual: YUVResidual, media: any StegoTrainingMedia, placement: ResidualPlacement,
    strength: Float, seed: UInt64
  ) -> Seen {
    var marked = frames
    for index in marked.indices { placement.mark(&marked[index], with: residual) }
    let attacked = media.attacked(marked, strength: strength, seed: seed)
    let own =
      attacked.frame == 0 ? cover : placement.reduced(frames[attacked.frame])
    return Seen(
      values: placement.reduced(attacked.picture).values, kind: attacked.kind,
      cover: own.values.map { $0 * attacked.gain }, gain: attacked.gain,
      isFiltering: attacked.isFiltering,
      errorRatio: Float(meanSquaredDifference(frames[0], marked[0]))
        / max(1e-9, rgbPower(of: residual)))
  }
}

/// The mean squared change that a residual makes to R, G and B, in levels of 255.
func rgbPower(of residual: YUVResidual) -> Float {
  let count = residual.width * residual.height
  var total: Float = 0
  for i in 0..<count {
    let (y, u, v) = (
      residual.values[i], residual.values[count + i], residual.values[2 * count + i]
    )
    let (r, g, b) = (y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u)
    total += r * r + g * g + b * b
  }
  return total / Float(3 * count) * 255 * 255
}

extension QRCode {
  /// A code of a random text: of version 2 in seven of ten cases, else of any.
  static func random(seed: UInt64) -> QRCode {
    var generator = SplitMix64(seed: seed ^ 0xC0DE)
    // Bytes that versions 1 to 6 hold at level Q.
    let lengths = [1...11, 12...20, 21...32, 33...46, 47...60, 61...74]
    let kind = generator.unit() < 0.7 ? 1 : Int(generator.next() % 6)
    let length = Int.random(in: lengths[kind], using: &generator)
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789-:/. ")
    let text = String((0..<length).map { _ in letters[Int.random(in: 0..<41, using: &generator)] })
    guard let code = try? QRCode(text: text) else {
      preconditionFailure("a text of \(length) bytes made no code")
    }
    return code
  }
}
