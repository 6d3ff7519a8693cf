internal import CFFmpeg
internal import MediaTypes

/// Turns pictures into packets.
///
/// Owns one `AVCodecContext`. Confine each to one task.
final class VideoEncoder {
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let input: EncodedFormat
  private let subject: String
  private let scaler = Scaler()
  /// Durations of pictures still inside the encoder, by their ticks: encoders drop them.
  private var durations: [Int64: Int64] = [:]
  private var lastTick: Int64?
  private var held: Packet?
  private var start: (shown: Int64, decoded: Int64)?
  private var end: Int64?

  /// The tick of the packets' times.
  let timeBase: Rational

  init(
    _ choice: VideoEncoderChoice, for video: VideoDescription, hasFreeTimes: Bool,
    wantsGlobalHeader: Bool, threads: Int, subject: String, extraOptions: [String: String] = [:]
  ) throws(MediaError) {
    self.subject = subject
    input = try EncodedFormat(for: video, encoder: choice.codec, subject: subject)
    timeBase = VideoEncoder.timeBase(choice.codec, video, hasFreeTimes: hasFreeTimes)
    guard let context = avcodec_alloc_context3(choice.codec) else { fatalError("out of memory") }
    self.context = context
    context.pointee.width = Int32(video.width)
    context.pointee.height = Int32(video.height)
    context.pointee.pix_fmt = input.format
    context.pointee.time_base = timeBase.ffmpeg
    context.pointee.framerate = video.frameRate.ffmpeg
    context.pointee.sample_aspect_ratio = video.sampleAspect.ffmpeg
    context.pointee.color_range = input.color.ffmpegRange
    context.pointee.colorspace = input.color.ffmpegMatrix
    context.pointee.color_primaries = input.color.ffmpegPrimaries
    context.pointee.color_trc = input.color.ffmpegTransfer
    context.pointee.chroma_sample_location = input.color.ffmpegChromaLocation
    context.pointee.thread_count = Int32(threads)
    if wantsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    if let quantizer = choice.quantizer {
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE
      context.pointee.global_quality = Int32(quantizer) * FF_QP2LAMBDA
    }
    setFields(video, choice)
    // Without this, mjpeg refuses limited range instead of tagging it.
    context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL
    var options = Options(choice.options.merging(extraOptions) { _, new in new })
    guard avcodec_open2(context, choice.codec, &options.pointer) >= 0 else {
      throw MediaError(
        .encode, subject,
        "the encoder \(choice.name) does not take \(video.width)×\(video.height) pictures"
          + " with these settings")
    }
    guard options.unknown.isEmpty else {
      throw MediaError(
        .use, "the encoder \(choice.name)",
        "it does not know \(options.unknown.joined(separator: ", "))")
    }
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&freeing)
  }

  private func setFields(_ video: VideoDescription, _ choice: VideoEncoderChoice) {
    // The rate factor counts only where no bit rate is set.
    if choice.options["crf"] != nil { context.pointee.bit_rate = 0 }
    guard video.interlacing != .progressive else {
      context.pointee.field_order = AV_FIELD_PROGRESSIVE
      return
    }
    context.pointee.field_order =
      video.interlacing == .topFieldFirst ? AV_FIELD_TT : AV_FIELD_BB
    // x264 codes fields in pairs of macroblock rows.
    if !choice.name.hasPrefix("libx264") || video.height % 4 == 0 {
      context.pointee.flags |= AV_CODEC_FLAG_INTERLACED_DCT
    }
  }

  /// The source's tick, unless the codec counts frames or stores ticks in 16 bits.
  private static func timeBase(
    _ codec: UnsafePointer<AVCodec>, _ video: VideoDescription, hasFreeTimes: Bool
  ) -> Rational {
    let rate = video.frameRate
    let perFrame = Rational(rate.denominator, rate.numerator)
    if let rates = codec.pointee.supported_framerates {
      let nearest = rates[Int(av_find_nearest_q_idx(rate.ffmpeg, rates))]
      return Rational(Int(nearest.den), Int(nearest.num))
    }
    guard hasFreeTimes else { return perFrame }
    let isOld = [AV_CODEC_ID_MPEG4, AV_CODEC_ID_H263, AV_CODEC_ID_FLV1].contains(codec.pointee.id)
    return isOld && video.timeBase.denominator > 65535 ? Rational(1, 60000) : video.timeBase
  }

  /// Fills in what a muxer has to know of the stream.
  func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
    try check(
      avcodec_parameters_from_context(stream.pointee.codecpar, context), .encode, subject)
    stream.pointee.time_base = context.pointee.time_base
    stream.pointee.sample_aspect_ratio = context.pointee.sample_aspect_ratio
  }

  /// The encoder's parameters for a decoder of the same process.
  func copyParameters(to parameters: UnsafeMutablePointer<AVCodecParameters>) {
    avcodec_parameters_from_context(parameters, context)
  }

  /// Gives the encoder the next picture in order of showing, shown at `time`.
  func send(
    _ picture: Picture, at time: Timestamp, duration: Timestamp?
  ) throws(MediaError) {
    let frame = try prepared(picture)
    var tick = av_rescale_q_rnd(
      time.value, time.base.ffmpeg, timeBase.ffmpeg, AV_ROUND_NEAR_INF)
    // Two pictures cannot share a tick of a coarser base.
    if let lastTick, tick <= lastTick { tick = lastTick + 1 }
    lastTick = tick
    frame.pointer.pointee.pts = tick
    if let duration {
      durations[tick] = av_rescale_q(duration.value, duration.base.ffmpeg, timeBase.ffmpeg)
    }
    try check(avcodec_send_frame(context, frame.pointer), .encode, subject)
  }

  /// The picture in the encoder's pixel format and colours.
  private func prepared(_ picture: Picture) throws(MediaError) -> Frame {
    guard let frame = Frame(picture) else {
      throw MediaError(.encode, subject, "its pixel format cannot be encoded")
    }
    let isPaletted = input.format == AV_PIX_FMT_PAL8
    let format =
      isPaletted
      ? picture.format.hasAlpha ? AV_PIX_FMT_GBRAP : AV_PIX_FMT_GBRP : input.format
    let isAsWanted =
      frame.pixelFormat == format
      && (picture.format.model == .rgb || picture.color.range == input.color.range)
    let converted =
      isAsWanted
      ? frame
      : try scaler.convert(
        frame, to: format, width: frame.width, height: frame.height, color: input.color)
    converted.pointer.pointee.chroma_location = input.color.ffmpegChromaLocation
    return isPaletted ? converted.paletted() : converted
  }

  /// Says that no more pictures will come.
  func finish() throws(MediaError) {
    try check(avcodec_send_frame(context, nil), .encode, subject)
  }

  /// The next finished packet, or `nil` if the encoder needs more pictures or has given all.
  func receive() throws(MediaError) -> Packet? {
    while true {
      let packet = Packet()
      let status = avcodec_receive_packet(context, packet.pointer)
      if status == cffmpeg_error_again { return nil }
      if status == cffmpeg_error_eof { return lastPacket() }
      try check(status, .encode, subject)
      packet.timeBase = timeBase
      setDuration(packet.pointer)
      defer { held = packet }
      if let held { return held }
    }
  }

  private func setDuration(_ packet: UnsafeMutablePointer<AVPacket>) {
    if let duration = durations.removeValue(forKey: packet.pointee.pts) {
      packet.pointee.duration = duration
    } else if packet.pointee.duration == 0 {
      packet.pointee.duration = av_rescale_q(
        1, av_inv_q(context.pointee.framerate), timeBase.ffmpeg)
    }
    if start == nil { start = (packet.pointee.pts, packet.pointee.dts) }
    end = max(end ?? .min, packet.pointee.pts + packet.pointee.duration)
  }

  /// The packet that was held back, as long as makes the decoding times last as long as the film.
  ///
  /// MP4 files measure tracks so, and the packet decoded last need not be the one shown last.
  private func lastPacket() -> Packet? {
    defer { held = nil }
    if let last = held?.pointer, let start, let end, last.pointee.dts != cffmpeg_no_timestamp {
      let length = end - start.shown - (last.pointee.dts - start.decoded)
      if length > 0 { last.pointee.duration = length }
    }
    return held
  }
}
