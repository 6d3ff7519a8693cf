internal import CFFmpeg
internal import MediaTypes

/// An open media file, read packet by packet.
///
/// Owns one `AVFormatContext` and its file from `init` to `deinit`. Confine each to one task.
final class Demuxer {
  let path: String
  let context: UnsafeMutablePointer<AVFormatContext>
  private var file: UnsafeMutablePointer<AVIOContext>?

  /// Opens the file at `path`, whose kind is told from its data alone.
  init(path: String) throws(MediaError) {
    _ = ffmpegIsSilent
    try InputFile.check(path)
    var file: UnsafeMutablePointer<AVIOContext>?
    // With the protocol named, no path can mean anything but a file.
    try Media.check(avio_open2(&file, "file:" + path, AVIO_FLAG_READ, nil, nil), .open, path)
    let context: UnsafeMutablePointer<AVFormatContext>
    do {
      context = try Demuxer.open(file, path)
    } catch {
      avio_closep(&file)
      throw error
    }
    self.path = path
    self.context = context
    self.file = file
    try Media.check(avformat_find_stream_info(context, nil), .read, path)
  }

  deinit {
    var closing: UnsafeMutablePointer<AVFormatContext>? = context
    avformat_close_input(&closing)
    avio_closep(&file)
  }

  private static func open(
    _ file: UnsafeMutablePointer<AVIOContext>?, _ path: String
  ) throws(MediaError) -> UnsafeMutablePointer<AVFormatContext> {
    // No name is given: a name's extension would count as evidence.
    var format: UnsafePointer<AVInputFormat>?
    try Media.check(av_probe_input_buffer2(file, &format, "", nil, 0, 0), .open, path)
    if let format, isPlaylist(String(cString: format.pointee.name)) {
      throw MediaError(.open, path, "it is a list of other files")
    }
    var context = avformat_alloc_context()
    context?.pointee.pb = file
    // Whatever the file refers to, nothing else is opened.
    context?.pointee.protocol_whitelist = av_strdup("none")
    try Media.check(avformat_open_input(&context, "", format, nil), .open, path)
    guard let context else { fatalError("avformat_open_input succeeded without a context") }
    return context
  }

  private static func isPlaylist(_ name: String) -> Bool {
    ["hls", "dash", "concat", "webm_dash_manifest", "imf", "sdp", "rtsp"].contains {
      name.split(separator: ",").contains(Substring($0))
    }
  }

  /// Reads the next packet in file order, or returns `nil` at the end of the file.
  ///
  /// Data that cannot be parsed ends the file as its end does: what came before it stays usable.
  func nextPacket() throws(MediaError) -> Packet? {
    let packet = Packet()
    let status = av_read_frame(context, packet.pointer)
    if status == cffmpeg_error_eof || status == cffmpeg_error_invalid_data {
      if let failure = file?.pointee.error, failure < 0, failure != cffmpeg_error_eof {
        throw MediaError(.read, path, code: failure)
      }
      return nil
    }
    try Media.check(status, .read, path)
    packet.timeBase = Rational(stream(packet.streamIndex).pointee.time_base)
    return packet
  }

  var streamCount: Int { Int(context.pointee.nb_streams) }

  func stream(_ index: Int) -> UnsafeMutablePointer<AVStream> {
    guard let stream = context.pointee.streams[index] else {
      fatalError("a file without stream \(index)")
    }
    return stream
  }

  var formatName: String { String(cString: context.pointee.iformat.pointee.name) }
  var metadata: [String: String] { [String: String](context.pointee.metadata) }

  /// Seconds, where the file says so or its streams do.
  var duration: Double? {
    let ticks = context.pointee.duration
    return ticks == cffmpeg_no_timestamp || ticks <= 0 ? nil : Double(ticks) / Double(AV_TIME_BASE)
  }

  var chapters: [Chapter] {
    (0..<Int(context.pointee.nb_chapters)).compactMap { index in
      guard let chapter = context.pointee.chapters[index]?.pointee else { return nil }
      let base = Rational(chapter.time_base)
      return Chapter(
        start: Timestamp(value: chapter.start, base: base),
        end: Timestamp(value: chapter.end, base: base),
        metadata: [String: String](chapter.metadata))
    }
  }
}
