internal import CFFmpeg
internal import MediaTypes

/// Encodes one stream of sound anew, in a container's usual codec.
final class SoundTranscoder {
  private let decoder: Decoder
  private let encoder: UnsafeMutablePointer<AVCodecContext>
  private var resampler: OpaquePointer?
  private let sourceBase: Rational
  private let subject: String
  private var start: Int64?  // of the first sample, in samples
  private var sent: Int64 = 0  // samples
  private var taken: Int64 = 0

  init(
    _ stream: UnsafeMutablePointer<AVStream>, to container: Container, at path: String
  ) throws(MediaError) {
    subject = path
    sourceBase = Rational(stream.pointee.time_base)
    decoder = try Decoder(stream, of: path, threads: 1)
    encoder = try SoundTranscoder.makeEncoder(
      container, stream.pointee.codecpar.pointee, at: path)
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVCodecContext>? = encoder
    avcodec_free_context(&freeing)
    swr_free(&resampler)
  }

  private static func makeEncoder(
    _ container: Container, _ source: AVCodecParameters, at path: String
  ) throws(MediaError) -> UnsafeMutablePointer<AVCodecContext> {
    let id = container.format.pointee.audio_codec
    // FFmpeg's own Opus and Vorbis encoders are experimental.
    let better: String? =
      switch id {
      case AV_CODEC_ID_OPUS: "libopus"
      case AV_CODEC_ID_VORBIS: "libvorbis"
      default: nil
      }
    let codec = better.flatMap { avcodec_find_encoder_by_name($0) } ?? avcodec_find_encoder(id)
    guard let codec, let context = avcodec_alloc_context3(codec) else {
      throw MediaError(.write, path, "FFmpeg has no encoder for sound in \(container.title)")
    }
    let channels = min(max(Int(source.ch_layout.nb_channels), 1), id == AV_CODEC_ID_MP3 ? 2 : 8)
    av_channel_layout_default(&context.pointee.ch_layout, Int32(channels))
    context.pointee.sample_fmt = codec.pointee.sample_fmts?.pointee ?? AV_SAMPLE_FMT_FLTP
    context.pointee.sample_rate = codec.nearestSampleRate(
      // Opus counts its own delay at 48 kHz, whatever rate it is given.
      to: id == AV_CODEC_ID_OPUS ? 48_000 : source.sample_rate)
    context.pointee.time_base = AVRational(num: 1, den: context.pointee.sample_rate)
    if id == AV_CODEC_ID_VORBIS {  // refuses bit rates that do not suit the sample rate
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE
      context.pointee.global_quality = 6 * FF_QP2LAMBDA
    } else {
      context.pointee.bit_rate = Int64(channels * 96_000)
    }
    if container.wantsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
    let status = avcodec_open2(context, codec, nil)
    guard status >= 0 else {
      var freeing: UnsafeMutablePointer<AVCodecContext>? = context
      avcodec_free_context(&freeing)
      throw MediaError(.encode, path, code: status)
    }
    return context
  }

  func describe(_ stream: UnsafeMutablePointer<AVStream>) throws(MediaError) {
    try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder), .encode, subject)
    stream.pointee.time_base = encoder.pointee.time_base
  }

  /// The packets that `packet` completes, or at the end, given `nil`, all that are left.
  func transcode(_ packet: Packet?) throws(MediaError) -> [Packet] {
    // Damaged sound is skipped like damaged pictures.
    _ = decoder.send(packet)
    while case .frame(let frame) = decoder.receive() { try resample(frame) }
    var packets = try encode(isEnd: packet == nil)
    if packet == nil {
      try check(avcodec_send_frame(encoder, nil), .encode, subject)
      packets += try finishedPackets()
    }
    return packets
  }

  private func resample(_ frame: Frame) throws(MediaError) {
    let layout = frame.pointee.ch_layout
    if layout.order == AV_CHANNEL_ORDER_UNSPEC {  // the resampler would take it for a change
      av_channel_layout_default(&frame.pointer.pointee.ch_layout, layout.nb_channels)
    }
    if resampler == nil {
      var made: OpaquePointer?
      try check(
        swr_alloc_set_opts2(
          &made, &encoder.pointee.ch_layout, encoder.pointee.sample_fmt,
          encoder.pointee.sample_rate, &frame.pointer.pointee.ch_layout,
          AVSampleFormat(frame.pointee.format), frame.pointee.sample_rate, 0, nil),
        .encode, subject)
      resampler = made
      try check(swr_init(made), .encode, subject)
    }
    try keepTime(frame)
    try check(swr_convert_frame(resampler, nil, frame.pointer), .decode, subject)
    taken += Int64(frame.pointee.nb_samples)
  }

  /// Fills holes in the source with silence, so that what follows keeps its time.
  private func keepTime(_ frame: Frame) throws(MediaError) {
    let tick = frame.pointee.best_effort_timestamp
    guard tick != cffmpeg_no_timestamp else { return }
    let rate = AVRational(num: 1, den: frame.pointee.sample_rate)
    let sample = av_rescale_q(tick, sourceBase.ffmpeg, rate)
    guard let start else {
      start = sample
      return
    }
    let gap = sample - start - taken
    guard gap > Int64(frame.pointee.sample_rate / 20), gap < 600 * Int64(rate.den) else { return }
    try check(swr_inject_silence(resampler, Int32(gap)), .encode, subject)
    taken += gap
  }

  private func encode(isEnd: Bool) throws(MediaError) -> [Packet] {
    guard let resampler else { return [] }
    var packets: [Packet] = []
    let fixed = Int(encoder.pointee.frame_size)
    while true {
      let waiting = Int(swr_get_delay(resampler, Int64(encoder.pointee.sample_rate)))
      let size = fixed == 0 ? min(waiting, 4096) : isEnd ? min(waiting, fixed) : fixed
      guard size > 0, waiting >= size else { return packets }
      let frame = Frame()
      frame.pointer.pointee.nb_samples = Int32(size)
      frame.pointer.pointee.format = encoder.pointee.sample_fmt.rawValue
      frame.pointer.pointee.sample_rate = encoder.pointee.sample_rate
      av_channel_layout_copy(&frame.pointer.pointee.ch_layout, &encoder.pointee.ch_layout)
      guard av_frame_get_buffer(frame.pointer, 0) == 0 else { fatalError("out of memory") }
      try check(swr_convert_frame(resampler, frame.pointer, nil), .encode, subject)
      guard frame.pointee.nb_samples > 0 else { return packets }
      frame.pointer.pointee.pts = startTick + sent
      sent += Int64(frame.pointee.nb_samples)
      try check(avcodec_send_frame(encoder, frame.pointer), .encode, subject)
      packets += try finishedPackets()
    }
  }

  /// The time of the first sample in the encoder's ticks, which are samples.
  private var startTick: Int64 {
    guard let start, let resampler else { return 0 }
    var rate: Int64 = 0
    av_opt_get_int(UnsafeMutableRawPointer(resampler), "in_sample_rate", 0, &rate)
    return rate == 0 ? start : start * Int64(encoder.pointee.sample_rate) / rate
  }

  private func finishedPackets() throws(MediaError) -> [Packet] {
    var packets: [Packet] = []
    while true {
      let packet = Packet()
      let status = avcodec_receive_packet(encoder, packet.pointer)
      if status == cffmpeg_error_again || status == cffmpeg_error_eof { return packets }
      try check(status, .encode, subject)
      packet.timeBase = Rational(encoder.pointee.time_base)
      packets.append(packet)
    }
  }
}

extension UnsafePointer<AVCodec> {
  /// The rate that the encoder takes nearest to `rate`, not below it if there is one.
  fileprivate func nearestSampleRate(to rate: Int32) -> Int32 {
    guard var next = pointee.supported_samplerates else { return rate }
    var rates: [Int32] = []
    while next.pointee != 0 {
      rates.append(next.pointee)
      next += 1
    }
    return rates.filter { $0 >= rate }.min() ?? rates.max() ?? rate
  }
}
