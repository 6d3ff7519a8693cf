internal import CFFmpeg
internal import MediaTypes

/// Encodes one picture to one packet.
///
/// Owns one `AVCodecContext`.
final class StillEncoder {
  private let context: UnsafeMutablePointer<AVCodecContext>
  private let subject: String

  init(
    _ codec: String, format: AVPixelFormat, width: Int, height: Int,
    options values: [String: String],
    _ subject: String
  ) throws(MediaError) {
    _ = ffmpegIsSilent
    self.subject = subject
    guard let codec = avcodec_find_encoder_by_name(codec),
      let context = avcodec_alloc_context3(codec)
    else { throw MediaError(.encode, subject, "FFmpeg has no encoder \(codec)") }
    self.context = context
    context.pointee.width = Int32(width)
    context.pointee.height = Int32(height)
    context.pointee.pix_fmt = format
    context.pointee.time_base = AVRational(num: 1, den: 1)
    var options = Options(values)
    try check(avcodec_open2(context, codec, &options.pointer), .encode, subject)
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVCodecContext>? = context
    avcodec_free_context(&freeing)
  }

  func encode(_ frame: Frame) throws(MediaError) -> [UInt8] {
    let packet = Packet()
    try check(avcodec_send_frame(context, frame.pointer), .encode, subject)
    try check(avcodec_send_frame(context, nil), .encode, subject)
    try check(avcodec_receive_packet(context, packet.pointer), .encode, subject)
    return packet.bytes
  }
}
