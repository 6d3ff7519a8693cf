internal import CFFmpeg
internal import MediaTypes

/// Turns the packets of one stream into frames.
///
/// Owns one `AVCodecContext`.
final class Decoder {
  /// Larger pictures are refused: 16384 × 16384.
  static let maximumPixels = 1 << 28
  static let maximumSide = 1 << 14

  private let context: UnsafeMutablePointer<AVCodecContext>

  /// - Throws: ``MediaError`` for `decode` if FFmpeg has no decoder for the stream.
  init(
    _ stream: UnsafeMutablePointer<AVStream>, of subject: String, threads: Int = 2
  ) throws(MediaError) {
    let parameters = stream.pointee.codecpar
    let metadata = [String: String](stream.pointee.metadata)
    context = try Decoder.allocate(
      stream.pointee.codecpar.pointee.codec_id,
      // FFmpeg's own VP8 and VP9 decoders do not know of alpha.
      hasSideAlpha: metadata["alpha_mode"] == "1" || metadata["ALPHA_MODE"] == "1", subject)
    try check(avcodec_parameters_to_context(context, parameters), .decode, subject)
    context.pointee.pkt_timebase = stream.pointee.time_base
    try open(subject, threads: threads)
  }

  /// A decoder of pictures that come without a container.
  init(_ codec: AVCodecID, of subject: String, threads: Int = 1) throws(MediaError) {
    context = try Decoder.allocate(codec, hasSideAlpha: false, subject)
    try open(subject, threads: threads)
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&freeing)
  }

  private static func allocate(
    _ id: AVCodecID, hasSideAlpha: Bool, _ subject: String
  ) throws(MediaError) -> UnsafeMutablePointer<AVCodecContext> {
    _ = ffmpegIsSilent
    var codec = avcodec_find_decoder(id)
    if hasSideAlpha, id == AV_CODEC_ID_VP9 || id == AV_CODEC_ID_VP8 {
      let name = id == AV_CODEC_ID_VP9 ? "libvpx-vp9" : "libvpx"
      codec = avcodec_find_decoder_by_name(name) ?? codec
    }
    guard let codec else {
      let name = String(cString: avcodec_get_name(id))
      throw MediaError(.decode, subject, "there is no decoder for \(name)")
    }
    guard let context = avcodec_alloc_context3(codec) else { fatalError("out of memory") }
    return context
  }

  private func open(_ subject: String, threads: Int) throws(MediaError) {
    context.pointee.thread_count = Int32(threads)
    context.pointee.max_pixels = Int64(Decoder.maximumPixels)
    try check(avcodec_open2(context, nil, nil), .decode, subject)
  }

  /// Gives the decoder a packet, or `nil` to say that no more will come.
  ///
  /// - Returns: `false` if the data is damaged and was skipped.
  func send(_ packet: Packet?) -> Bool {
    avcodec_send_packet(context, packet?.pointer) >= 0
  }

  enum Outcome {
    case frame(Frame)
    case needsInput
    /// Damaged data was skipped.
    case skipped
    case finished
  }

  /// The next frame in order of showing.
  func receive() -> Outcome {
    let frame = Frame()
    let status = avcodec_receive_frame(context, frame.pointer)
    switch status {
    case cffmpeg_error_again: return .needsInput
    case cffmpeg_error_eof: return .finished
    case ..<0: return .skipped
    default: return .frame(frame)
    }
  }
}
