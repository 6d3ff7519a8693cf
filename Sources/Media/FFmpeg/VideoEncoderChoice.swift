internal import CFFmpeg
internal import MediaTypes

/// Which encoder makes the main video of a file, and with which options.
struct VideoEncoderChoice {
  let codec: UnsafePointer<AVCodec>
  private(set) var options: [String: String] = [:]
  /// 1 (best) to 31, for encoders without a rate factor.
  private(set) var quantizer: Int?

  /// - Throws: ``MediaError`` for `use` if the encoder, quality or preset does not exist, for
  ///   `write` if the container cannot hold what the encoder makes.
  init(_ settings: VideoSettings, for container: Container, at path: String) throws(MediaError) {
    _ = ffmpegIsSilent
    if let name = settings.codec {
      codec = try VideoEncoderChoice.encoder(named: name)
      guard container.stores(codec.pointee.id, AVMEDIA_TYPE_VIDEO) else {
        throw MediaError(
          .write, path, "\(container.title) files cannot hold what the encoder \(name) makes")
      }
    } else {
      codec = try VideoEncoderChoice.preferred(for: container, at: path)
    }
    try setQuality(settings.quality)
    try setEffort(settings.preset)
  }

  var name: String { String(cString: codec.pointee.name) }

  private static func encoder(
    named name: String
  ) throws(MediaError) -> UnsafePointer<AVCodec> {
    var found = avcodec_find_encoder_by_name(name)
    if found == nil, let descriptor = avcodec_descriptor_get_by_name(name) {
      found = avcodec_find_encoder(descriptor.pointee.id)
    }
    guard let found else {
      throw MediaError(.use, "the encoder \(name)", "there is none of this name")
    }
    guard found.pointee.type == AVMEDIA_TYPE_VIDEO else {
      throw MediaError(.use, "the encoder \(name)", "it does not encode video")
    }
    return found
  }

  private static func preferred(
    for container: Container, at path: String
  ) throws(MediaError) -> UnsafePointer<AVCodec> {
    let usesH264 = ["mp4", "mov", "ipod", "matroska", "mpegts", "flv"].contains(container.name)
    let names: [String] =
      switch container.name {
      case _ where usesH264: ["libx264"]
      case "webm": ["libvpx-vp9"]
      case "avi": ["mpeg4"]
      default: []
      }
    for name in names {
      if let codec = avcodec_find_encoder_by_name(name) { return codec }
    }
    guard let codec = avcodec_find_encoder(container.format.pointee.video_codec) else {
      throw MediaError(.write, path, "FFmpeg has no encoder for \(container.title)")
    }
    return codec
  }

  private mutating func setQuality(_ asked: Int?) throws(MediaError) {
    let (standard, range): (Int, ClosedRange<Int>)
    switch name {
    case "libx264", "libx264rgb", "libx265": (standard, range) = (16, 0...51)
    case "libvpx-vp9", "libvpx", "libaom-av1", "libsvtav1": (standard, range) = (20, 0...63)
    case "libwebp", "libwebp_anim":
      options["lossless"] = asked == nil ? "1" : "0"
      (standard, range) = (100, 0...100)
    case _ where codec.isLossless:
      guard asked == nil else {
        throw MediaError(.use, "quality \(asked ?? 0)", "the encoder \(name) is lossless")
      }
      return
    case "libtheora": (standard, range) = (10, 0...10)
    default: (standard, range) = (2, 1...31)
    }
    let quality = asked ?? standard
    guard range.contains(quality) else {
      throw MediaError(
        .use, "quality \(quality)",
        "the encoder \(name) takes \(range.lowerBound) to \(range.upperBound)")
    }
    if name.hasPrefix("libwebp") {
      options["quality"] = String(quality)
    } else if codec.hasOption("crf") {
      options["crf"] = String(quality)
    } else {
      quantizer = quality
    }
  }

  private mutating func setEffort(_ asked: String?) throws(MediaError) {
    switch name {
    case "libx264", "libx264rgb", "libx265":
      let known = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
        "veryslow", "placebo",
      ]
      let preset = asked ?? "veryfast"
      guard known.contains(preset) else {
        throw unknownPreset(preset, "there are \(known.joined(separator: ", "))")
      }
      options["preset"] = preset
      if name == "libx265" { options["x265-params"] = "log-level=none" }
    case "libvpx-vp9", "libvpx", "libaom-av1":
      let preset = asked ?? "6"
      guard let effort = Int(preset), (0...8).contains(effort) else {
        throw unknownPreset(preset, "there are 0 to 8")
      }
      options["cpu-used"] = preset
      if name != "libvpx" { options["row-mt"] = "1" }
      if name == "libvpx-vp9" { options["deadline"] = effort > 5 ? "realtime" : "good" }
    case "libsvtav1":
      let preset = asked ?? "10"
      guard let effort = Int(preset), (0...13).contains(effort) else {
        throw unknownPreset(preset, "there are 0 to 13")
      }
      options["preset"] = preset
    default:
      guard asked == nil else {
        throw MediaError(.use, "preset \(asked ?? "")", "the encoder \(name) has no presets")
      }
    }
  }

  private func unknownPreset(_ preset: String, _ known: String) -> MediaError {
    MediaError(.use, "preset \(preset)", "the encoder \(name) has none of this name; \(known)")
  }
}

extension UnsafePointer<AVCodec> {
  /// Whether the codec cannot lose anything, so that there is no quality to choose.
  var isLossless: Bool {
    guard let descriptor = avcodec_descriptor_get(pointee.id) else { return false }
    let properties = descriptor.pointee.props
    return properties & AV_CODEC_PROP_LOSSLESS != 0 && properties & AV_CODEC_PROP_LOSSY == 0
  }

  func hasOption(_ name: String) -> Bool {
    var privateClass = pointee.priv_class
    return withUnsafeMutablePointer(to: &privateClass) {
      av_opt_find($0, name, nil, 0, AV_OPT_SEARCH_FAKE_OBJ) != nil
    }
  }

  /// What pixel formats the encoder takes; empty if any.
  var pixelFormats: [AVPixelFormat] {
    guard var next = pointee.pix_fmts else { return [] }
    var formats: [AVPixelFormat] = []
    while next.pointee != AV_PIX_FMT_NONE {
      formats.append(next.pointee)
      next += 1
    }
    return formats
  }
}
