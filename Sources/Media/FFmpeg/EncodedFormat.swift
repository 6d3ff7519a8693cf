internal import CFFmpeg
internal import MediaTypes

/// In which pixel format and colours pictures are handed to an encoder.
struct EncodedFormat {
  var format: AVPixelFormat
  var color: ColorDescription

  /// The pictures' own format if the encoder takes it, else the one that loses least.
  ///
  /// - Depth and chroma resolution are kept if the encoder can.
  /// - x264 and x265 cannot subsample odd sizes: those become 4:4:4. Gray becomes 4:2:0 there.
  /// - RGB becomes 4:2:0 (4:4:4 for odd sizes) in encoders that have no RGB: that is what every
  ///   player shows. Alpha is dropped where the encoder has none.
  init(
    for video: VideoDescription, encoder: UnsafePointer<AVCodec>, subject: String
  ) throws(MediaError) {
    let name = String(cString: encoder.pointee.name)
    color = video.color
    if encoder.pointee.id == AV_CODEC_ID_GIF {
      (format, color) = (AV_PIX_FMT_PAL8, .rgb)
      return
    }
    let supported = encoder.pixelFormats
    guard let own = video.format.ffmpegFormat else {
      throw MediaError(
        .encode, subject, "pictures of \(video.format.bitDepth) bits cannot be encoded")
    }
    let needsWholeChroma = name.hasPrefix("libx26")
    let fits = { (format: AVPixelFormat) -> Bool in
      guard needsWholeChroma, let format = PixelFormat(format) else { return true }
      // Most players cannot show H.264 without chroma.
      return format.model != .gray && video.width % (1 << format.chromaShiftX) == 0
        && video.height % (1 << format.chromaShiftY) == 0
    }
    if supported.isEmpty || (supported.contains(own) && fits(own)) {
      format = own
      return
    }
    // The twin of the same samples that says "full range" in its name.
    let twins = [
      AV_PIX_FMT_YUV420P: AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV422P: AV_PIX_FMT_YUVJ422P,
      AV_PIX_FMT_YUV444P: AV_PIX_FMT_YUVJ444P,
    ]
    let isFullOnly =
      !supported.contains(AV_PIX_FMT_YUV420P) && supported.contains(AV_PIX_FMT_YUVJ420P)
    if isFullOnly { color.range = .full }
    if let twin = twins[own], isFullOnly, supported.contains(twin) {
      format = twin
      return
    }
    let candidates = supported.filter {
      fits($0) && (isFullOnly || !twins.values.contains($0)) && $0.isPlanarOrHasNoTwin
    }
    format = EncodedFormat.best(of: candidates, for: own, video)
    guard format != AV_PIX_FMT_NONE else {
      throw MediaError(.encode, subject, "the encoder \(name) takes none of its pixel formats")
    }
    takeColors(from: video)
  }

  private static func best(
    of candidates: [AVPixelFormat], for own: AVPixelFormat, _ video: VideoDescription
  ) -> AVPixelFormat {
    let models = candidates.compactMap { PixelFormat($0)?.model }
    if video.format.model == .rgb, !models.contains(.rgb) {
      let wanted = PixelFormat(
        model: .yuv, chromaShiftX: 1, chromaShiftY: 1, bitDepth: video.format.bitDepth,
        hasAlpha: video.format.hasAlpha)
      var choices = [wanted]
      for (depth, alpha) in [
        (wanted.bitDepth, false), (10, false), (8, wanted.hasAlpha), (8, false),
      ] {
        var choice = wanted
        choice.bitDepth = min(depth, wanted.bitDepth)
        choice.hasAlpha = alpha
        choices.append(choice)
      }
      for choice in choices {
        if let format = choice.ffmpegFormat, candidates.contains(format) { return format }
      }
    }
    return avcodec_find_best_pix_fmt_of_list(
      candidates + [AV_PIX_FMT_NONE], own, video.format.hasAlpha ? 1 : 0, nil)
  }

  private mutating func takeColors(from video: VideoDescription) {
    guard let target = PixelFormat(format), target.model != video.format.model else { return }
    switch target.model {
    case .rgb: color = .rgb
    case .yuv where video.format.model == .rgb:
      // What players assume of files that do not say.
      color.matrix = video.height >= 720 ? .bt709 : .bt601NTSC
      color.range = color.range == .full && !PixelFormat.isVideoRange(format) ? .full : .limited
    case .gray, .yuv: break
    }
  }
}

extension PixelFormat {
  /// Whether samples of this FFmpeg format are taken as limited range unless tagged.
  fileprivate static func isVideoRange(_ format: AVPixelFormat) -> Bool {
    guard let name = av_get_pix_fmt_name(format) else { return true }
    return !String(cString: name).hasPrefix("yuvj")
  }
}

extension AVPixelFormat {
  /// Leaves out the half-packed formats (nv12…), which hold nothing that a planar one does not.
  fileprivate var isPlanarOrHasNoTwin: Bool {
    guard let format = PixelFormat(self), format.model == .yuv else { return true }
    return isPlanar
  }
}
