internal import Media
internal import MediaTypes
internal import Neural
internal import QRSteganography

/// Covers from folders of pictures and clips, and real codecs to attack them with.
struct TrainingMedia: StegoTrainingMedia {
  private let stills: [String]
  private let pieces: [[Picture]]
  /// The share of covers that are taken from clips, if there are both.
  private let clipShare: Float = 0.5

  init(stills: [String], pieces: [[Picture]]) {
    precondition(!stills.isEmpty || !pieces.isEmpty, "nothing to train on")
    self.stills = stills
    self.pieces = pieces
  }

  func cover(seed: UInt64) -> [Picture] {
    var generator = SplitMix64(seed: seed ^ 0xC0FE)
    let takesClip = stills.isEmpty || generator.unit() < clipShare
    if takesClip, !pieces.isEmpty {
      let piece = pieces[Int.random(in: pieces.indices, using: &generator)]
      return Self.cut(piece, least: 0.5, using: &generator)
    }
    for _ in 0..<20 where !stills.isEmpty {
      let path = stills[Int.random(in: stills.indices, using: &generator)]
      guard let still = try? readStill(path: path), still.width >= 64, still.height >= 64,
        still.format.bitDepth == 8, let opaque = try? still.asRGB()
      else { continue }
      return Self.filmed(opaque, using: &generator)
    }
    return [Picture(grayWidth: 256, height: 256, bytes: [UInt8](repeating: 128, count: 65_536))]
  }

  /// A part of a still, at some size; every second time as a film of five frames that pans over it.
  private static func filmed(
    _ still: Picture, using generator: inout SplitMix64
  ) -> [Picture] {
    let longest = Double(max(still.width, still.height))
    let grown = Double.random(in: 1...2.2, using: &generator)
    let factor = generator.unit() < 0.4 ? min(grown, 960 / longest) : min(1, 960 / longest)
    let format = generator.unit() < 0.7 ? PixelFormat.yuv420 : .rgb8
    let color = ColorDescription(range: .limited, matrix: .bt601)
    let sized =
      (try? converted(
        still, to: format, width: max(64, Int(Double(still.width) * factor)),
        height: max(64, Int(Double(still.height) * factor)),
        color: format == .rgb8 ? nil : color)) ?? still
    guard generator.unit() < 0.5 else {
      return cut([sized], least: 0.6, using: &generator)
    }
    let (speedX, speedY) = (
      Int.random(in: -2...2, using: &generator), Int.random(in: -1...1, using: &generator)
    )
    let (width, height) = ((sized.width - 20) & ~1, (sized.height - 12) & ~1)
    let frames = (0..<5).map { index in
      sized.cropped(
        x: (speedX < 0 ? 16 : 0) + 2 * speedX * index,
        y: (speedY < 0 ? 8 : 0) + 2 * speedY * index, width: width, height: height)
    }
    return frames
  }

  /// The same random part of every frame, of at least a share of the sides.
  private static func cut(
    _ frames: [Picture], least: Double, using generator: inout SplitMix64
  ) -> [Picture] {
    guard let first = frames.first, generator.unit() < 0.6 else { return frames }
    let (across, down) = (
      Double.random(in: least...1, using: &generator),
      Double.random(in: least...1, using: &generator)
    )
    let width = max(64, Int(Double(first.width) * across)) & ~1
    let height = max(64, Int(Double(first.height) * down)) & ~1
    guard width < first.width, height < first.height else { return frames }
    let x = Int.random(in: 0...first.width - width, using: &generator)
    let y = Int.random(in: 0...first.height - height, using: &generator)
    return frames.map { $0.cropped(x: x, y: y, width: width, height: height) }
  }

  func attacked(_ marked: [Picture], strength: Float, seed: UInt64) -> StegoAttackResult {
    var generator = SplitMix64(seed: seed ^ 0xA77AC)
    let attack = Self.attack(strength: strength, using: &generator)
    let frame = Int.random(in: marked.indices, using: &generator)
    // Only prediction between frames makes the others matter.
    let concerned: [Picture] = if case .h264 = attack { marked } else { [marked[frame]] }
    guard let attacked = try? attack(concerned, seed: generator.next()) else {
      return StegoAttackResult(
        picture: marked[frame], frame: frame, kind: "failed \(attack.name)", isFiltering: false)
    }
    var (gain, isFiltering): (Float, Bool) = (1, true)
    switch attack {
    case .brightness(let factor): (gain, isFiltering) = (factor, false)
    case .none, .noise: isFiltering = false
    default: break
    }
    return StegoAttackResult(
      picture: attacked.count == 1 ? attacked[0] : attacked[frame], frame: frame,
      kind: Self.logName(attack), gain: gain, isFiltering: isFiltering)
  }

  /// One attack, for codecs a constant rate factor of up to 32, else as strong as pictures meet.
  private static func attack(
    strength: Float, using generator: inout SplitMix64
  ) -> Attack {
    let chance = generator.unit()
    let amount = generator.unit() * strength
    switch chance {
    case ..<0.35: return .h264(16 + Int((16 * amount).rounded()))
    case ..<0.55: return .jpeg(95 - Int((55 * amount).rounded()))
    case ..<0.63: return .noise(0.03 * amount)
    case ..<0.75:
      let isSmaller = generator.unit() < 0.7
      return .scale(isSmaller ? 1 - 0.6 * Double(amount) : 1 + 0.3 * Double(amount))
    case ..<0.85:
      return .brightness(generator.unit() < 0.5 ? 1 - 0.5 * amount : 1 + 0.5 * amount)
    case ..<0.9: return .blur
    default: return .none
    }
  }

  private static func logName(_ attack: Attack) -> String {
    switch attack {
    case .h264(let rate): "h264 \(rate)"
    case .jpeg(let quality): "jpeg \(quality)"
    case .scale: "scale"
    case .noise: "noise"
    case .brightness: "brightness"
    case .blur: "blur"
    case .crop: "crop"
    case .none: "none"
    }
  }
}
