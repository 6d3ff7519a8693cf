internal import CFFmpeg
internal import MediaTypes

/// A media file being written, packet by packet.
///
/// Owns one `AVFormatContext` and its file from `init` to `deinit`. Confine each to one task.
final class Muxer {
  let container: Container
  private let subject: String
  private let context: UnsafeMutablePointer<AVFormatContext>
  private var lastDecodingTimes: [Int64?] = []
  private var isClosed = false

  /// Begins a file at `path`; errors name `subject`.
  init(path: String, container: Container, subject: String) throws(MediaError) {
    _ = ffmpegIsSilent
    self.container = container
    self.subject = subject
    var allocated: UnsafeMutablePointer<AVFormatContext>?
    try check(
      avformat_alloc_output_context2(
        &allocated, UnsafeMutablePointer(mutating: container.format), nil, "file:" + path),
      .write, subject)
    guard let allocated else { fatalError("a muxer without a context") }
    context = allocated
    let flags = AVIO_FLAG_WRITE
    try check(avio_open2(&context.pointee.pb, "file:" + path, flags, nil, nil), .write, subject)
  }

  deinit {
    if !isClosed { avio_closep(&context.pointee.pb) }
    avformat_free_context(context)
  }

  /// Adds a stream for the caller to describe.
  func addStream() -> UnsafeMutablePointer<AVStream> {
    guard let stream = avformat_new_stream(context, nil) else { fatalError("out of memory") }
    lastDecodingTimes.append(nil)
    return stream
  }

  func setMetadata(_ metadata: [String: String]) {
    for (key, value) in metadata { av_dict_set(&context.pointee.metadata, key, value, 0) }
  }

  func setChapters(_ chapters: [Chapter]) {
    guard !chapters.isEmpty else { return }
    let size = MemoryLayout<UnsafeMutablePointer<AVChapter>?>.stride
    let list = av_calloc(chapters.count, size)?
      .bindMemory(to: UnsafeMutablePointer<AVChapter>?.self, capacity: chapters.count)
    for (index, chapter) in chapters.enumerated() {
      let made = av_mallocz(MemoryLayout<AVChapter>.size)?
        .bindMemory(to: AVChapter.self, capacity: 1)
      guard let made else { fatalError("out of memory") }
      made.pointee.id = Int64(index + 1)
      made.pointee.time_base = chapter.start.base.ffmpeg
      made.pointee.start = chapter.start.value
      made.pointee.end = av_rescale_q(
        chapter.end.value, chapter.end.base.ffmpeg, chapter.start.base.ffmpeg)
      for (key, value) in chapter.metadata { av_dict_set(&made.pointee.metadata, key, value, 0) }
      list?[index] = made
    }
    context.pointee.chapters = list
    context.pointee.nb_chapters = UInt32(chapters.count)
  }

  /// Writes the header; no stream can be added later.
  func begin(options values: [String: String] = [:]) throws(MediaError) {
    var options = Options(values)
    let status = avformat_write_header(context, &options.pointer)
    if status < 0, context.pointee.pb.pointee.error == 0 {
      throw MediaError(
        .write, subject, "\(container.title) files cannot hold these streams together")
    }
    try check(status, .write, subject)
  }

  /// Writes a packet as part of the stream `index`, with its times in the stream's ticks.
  func write(_ packet: Packet, to index: Int) throws(MediaError) {
    guard let stream = context.pointee.streams[index] else { fatalError("no stream \(index)") }
    let pointer = packet.pointer
    pointer.pointee.stream_index = Int32(index)
    pointer.pointee.pos = -1
    av_packet_rescale_ts(pointer, packet.timeBase.ffmpeg, stream.pointee.time_base)
    delay(pointer, stream)
    keepOrder(pointer, index)
    // Also tells of errors of the file under it, such as a full disk.
    try check(av_interleaved_write_frame(context, pointer), .write, subject)
  }

  /// Adds the silence that Opus begins with to the times.
  ///
  /// FFmpeg 5.1's Matroska reader takes it off, but its writer does not put it back.
  private func delay(
    _ packet: UnsafeMutablePointer<AVPacket>, _ stream: UnsafeMutablePointer<AVStream>
  ) {
    guard let parameters = stream.pointee.codecpar?.pointee, container.isMatroska,
      parameters.codec_id == AV_CODEC_ID_OPUS, parameters.initial_padding > 0
    else { return }
    let silence = av_rescale_q(
      Int64(parameters.initial_padding), AVRational(num: 1, den: 48_000), stream.pointee.time_base)
    if packet.pointee.pts != cffmpeg_no_timestamp { packet.pointee.pts += silence }
    if packet.pointee.dts != cffmpeg_no_timestamp { packet.pointee.dts += silence }
  }

  /// Moves up decoding times that run back, as damaged sources have them: muxers refuse them.
  private func keepOrder(_ packet: UnsafeMutablePointer<AVPacket>, _ index: Int) {
    guard packet.pointee.dts != cffmpeg_no_timestamp else { return }
    if let last = lastDecodingTimes[index] {
      let allowsEqual = container.format.pointee.flags & AVFMT_TS_NONSTRICT != 0
      let earliest = allowsEqual ? last : last + 1
      if packet.pointee.dts < earliest {
        packet.pointee.dts = earliest
        if packet.pointee.pts != cffmpeg_no_timestamp {
          packet.pointee.pts = max(packet.pointee.pts, earliest)
        }
      }
    }
    lastDecodingTimes[index] = packet.pointee.dts
  }

  /// Completes and closes the file.
  func finish() throws(MediaError) {
    try check(av_write_trailer(context), .write, subject)
    isClosed = true
    try check(avio_closep(&context.pointee.pb), .write, subject)
  }
}
