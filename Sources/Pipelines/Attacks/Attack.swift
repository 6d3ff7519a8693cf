internal import Media
internal import MediaTypes
internal import Neural

/// Something that happens to pictures after they were marked.
enum Attack: Hashable, Sendable {
  case none
  /// libjpeg's quality.
  case jpeg(Int)
  /// x264's constant rate factor.
  case h264(Int)
  /// Both sides times a factor, by bicubic interpolation.
  case scale(Double)
  /// Gaussian, of a standard deviation in fractions of full scale.
  case noise(Float)
  /// All samples times a factor.
  case brightness(Float)
  /// The mean over 3 × 3 samples.
  case blur
  /// The middle part with sides of this share.
  case crop(Double)

  var name: String {
    switch self {
    case .none: "none"
    case .jpeg(let quality): "JPEG \(quality)"
    case .h264(let rate): "H.264 crf \(rate)"
    case .scale(0.5): "half size"
    case .scale(let factor): "size × \(factor)"
    case .noise(let deviation): "noise \(deviation)"
    case .brightness(let factor): "brightness × \(factor)"
    case .blur: "blur 3 × 3"
    case .crop(let share): "crop \(share)"
    }
  }

  /// What is left of consecutive frames of one size.
  ///
  /// All but the codecs work on 8-bit RGB and give that.
  func callAsFunction(_ frames: [Picture], seed: UInt64) throws -> [Picture] {
    switch self {
    case .none: frames
    case .jpeg(let quality): try frames.map { try jpegRoundTrip($0, quality: quality) }
    case .h264(let rate): try h264RoundTrip(frames, crf: rate)
    case .scale(let factor):
      try frames.map {
        try converted(
          $0, to: $0.format, width: max(16, Int(Double($0.width) * factor)),
          height: max(16, Int(Double($0.height) * factor)))
      }
    case .noise(let deviation):
      try frames.enumerated().map { index, frame in
        var noise = GaussianNoise(seed: seed &+ UInt64(index))
        return try frame.asRGB().mappingSamples { Float($0) + 255 * deviation * noise.next() }
      }
    case .brightness(let factor):
      try frames.map { try $0.asRGB().mappingSamples { Float($0) * factor } }
    case .blur: try frames.map { try $0.asRGB().blurred() }
    case .crop(let share):
      try frames.map { frame in
        let rgb = try frame.asRGB()
        let (width, height) = (Double(rgb.width), Double(rgb.height))
        return rgb.cropped(
          x: Int(width * (1 - share) / 2), y: Int(height * (1 - share) / 2),
          width: Int(width * share), height: Int(height * share))
      }
    }
  }
}

extension Picture {
  /// The same picture with every colour sample of its 8-bit planes replaced, rounded and limited.
  func mappingSamples(_ change: (UInt8) -> Float) -> Picture {
    var result = self
    for index in 0..<format.colorPlaneCount {
      guard case .eight(let samples) = planes[index].samples else { continue }
      result.planes[index].samples = .eight(
        samples.map { UInt8(max(0, min(255, change($0).rounded()))) })
    }
    return result
  }

  /// Every sample of the 8-bit planes replaced by the mean of its neighbourhood.
  func blurred() -> Picture {
    var result = self
    for index in 0..<format.colorPlaneCount {
      guard case .eight(let samples) = planes[index].samples else { continue }
      let (width, height) = (planes[index].width, planes[index].height)
      var blurred = samples
      for y in 0..<height {
        let rows = [max(0, y - 1) * width, y * width, min(height - 1, y + 1) * width]
        for x in 0..<width {
          let (left, right) = (max(0, x - 1), min(width - 1, x + 1))
          var sum = 4
          for row in rows {
            sum += Int(samples[row + left]) + Int(samples[row + x]) + Int(samples[row + right])
          }
          blurred[y * width + x] = UInt8(sum / 9)
        }
      }
      result.planes[index].samples = .eight(blurred)
    }
    return result
  }
}
