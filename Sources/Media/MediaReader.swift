internal import CFFmpeg
internal import MediaTypes

/// An open picture, film or sound file, delivered item by item in the order of the file.
///
/// Memory does not grow with the file. Not thread-safe: confine each to one task, or hand it to
/// ``items(ahead:)``.
public final class MediaReader {
  public enum Kind: String, Sendable {
    case still
    case video
    case sound
  }

  public let path: String
  /// Told from the data, not from the name: an animation of more than one frame is a video.
  public let kind: Kind
  /// FFmpeg's name, such as `mov,mp4,m4a,3gp,3g2,mj2` or `png`.
  public let format: String
  public let streams: [StreamDescription]
  /// The stream that ``next()`` decodes; `nil` for sound and stills.
  public let mainVideo: Int?
  /// The main video's pictures, as the first of them is; `nil` for sound and stills.
  public private(set) var video: VideoDescription?
  /// Seconds, where the file says so.
  public let duration: Double?
  public let metadata: [String: String]
  public let chapters: [Chapter]
  /// Damaged packets that were left out so far.
  public private(set) var skippedPackets = 0

  let demuxer: Demuxer?
  private var decoder: Decoder?
  private var pending: [MediaItem] = []  // read while looking for the first picture
  private var held: Picture?  // until the next one tells for how long it is shown
  private var isDraining = false
  private var isFinished = false
  private let scaler = Scaler()
  /// What the first picture says of the light it was mastered for (HDR).
  private(set) var lightLevels: [(type: AVPacketSideDataType, data: [UInt8])] = []
  private var nextTick: Int64 = 0
  /// Start of files whose clock does not start at zero, in units of 1/AV_TIME_BASE s.
  let clockStart: Int64

  /// Opens the file, identifies its streams and decodes the first picture.
  ///
  /// - Throws: ``MediaError`` for `open`, `read` or `decode` if the file is missing, of no known
  ///   format, or holds neither a picture that can be decoded nor sound.
  public init(path: String) throws(MediaError) {
    self.path = path
    try InputFile.check(path)
    if let format = try MediaSignature.stillFormat(of: path) {
      let picture = try readStill(path: path)
      (kind, self.format, streams, mainVideo) = (.still, format.rawValue, [], nil)
      (video, duration, metadata, chapters, demuxer) = (nil, nil, [:], [], nil)
      clockStart = 0
      pending = [.picture(picture)]
      isFinished = true
      return
    }
    let demuxer = try Demuxer(path: path)
    self.demuxer = demuxer
    format = demuxer.formatName
    streams = demuxer.streams
    mainVideo = demuxer.mainVideo
    duration = demuxer.duration
    metadata = demuxer.metadata
    chapters = demuxer.chapters
    clockStart = demuxer.clockStart
    guard let mainVideo else {
      kind = .sound
      guard streams.contains(where: { $0.kind == .sound }) else {
        throw MediaError(.read, path, "it holds neither pictures nor sound")
      }
      return
    }
    kind = .video
    try demuxer.checkSize(of: mainVideo)
    decoder = try Decoder(demuxer.stream(mainVideo), of: path)
    try findFirstPicture()
  }

  /// The next picture of the main video or packet of another stream; `nil` at the end.
  ///
  /// Damaged packets are skipped and counted; a truncated file ends where its data does.
  public func next() throws(MediaError) -> MediaItem? {
    if !pending.isEmpty { return pending.removeFirst() }
    return try readItem()
  }

  private func findFirstPicture() throws(MediaError) {
    while let item = try readItem() {
      pending.append(item)
      if case .picture(let picture) = item {
        describe(picture)
        return
      }
      // No sane file has as much of other streams before its first picture.
      guard pending.count < 100_000 else { break }
    }
    throw MediaError(.decode, path, "none of its pictures can be decoded")
  }

  private func readItem() throws(MediaError) -> MediaItem? {
    while !isFinished {
      switch decoder?.receive() ?? .needsInput {
      case .frame(let frame):
        guard let picture = try picture(frame) else {
          skippedPackets += 1
          continue
        }
        if let shown = release(before: picture) { return .picture(shown) }
      case .skipped:
        skippedPackets += 1
        // A decoder that fails while it is being emptied has nothing more to give.
        if isDraining { isFinished = true }
      case .finished:
        isFinished = true
      case .needsInput:
        guard let packet = try demuxer?.nextPacket() else {
          isFinished = decoder == nil || isDraining
          if !isDraining { _ = decoder?.send(nil) }
          isDraining = true
          continue
        }
        shiftClock(packet)
        if packet.streamIndex == mainVideo {
          if decoder?.send(packet) == false { skippedPackets += 1 }
        } else if packet.isCorrupt {
          skippedPackets += 1
        } else {
          return .packet(packet)
        }
      }
    }
    return release(before: nil).map { .picture($0) }
  }

  /// Holds `next` back and gives the picture before it, with the duration that this makes.
  ///
  /// Files say durations in order of decoding, which is another order where pictures refer to
  /// later ones. For the last picture the end of its stream counts, where the file says so.
  private func release(before next: Picture?) -> Picture? {
    guard var shown = held else {
      held = next
      return nil
    }
    held = next
    guard let start = shown.timestamp else { return shown }
    let end = next?.timestamp?.value ?? streamEnd ?? start.value
    if end > start.value { shown.duration = Timestamp(value: end - start.value, base: start.base) }
    return shown
  }

  /// Where the main video ends, in its own ticks.
  private var streamEnd: Int64? {
    guard let mainVideo, let stream = demuxer?.stream(mainVideo).pointee,
      stream.duration != cffmpeg_no_timestamp, stream.duration > 0, clockStart == 0
    else { return nil }
    return (stream.start_time == cffmpeg_no_timestamp ? 0 : stream.start_time) + stream.duration
  }

  private func shiftClock(_ packet: Packet) {
    guard clockStart != 0 else { return }
    let shift = av_rescale_q(
      clockStart, AVRational(num: 1, den: AV_TIME_BASE), packet.timeBase.ffmpeg)
    let fields = packet.pointer
    if fields.pointee.pts != cffmpeg_no_timestamp { fields.pointee.pts -= shift }
    if fields.pointee.dts != cffmpeg_no_timestamp { fields.pointee.dts -= shift }
  }

  private func describe(_ picture: Picture) {
    guard let mainVideo, let demuxer else { return }
    let stream = streams[mainVideo]
    let guessed = Rational(
      known: av_guess_frame_rate(demuxer.context, demuxer.stream(mainVideo), nil))
    video = VideoDescription(
      width: picture.width, height: picture.height, format: picture.format, color: picture.color,
      frameRate: stream.frameRate ?? guessed ?? Rational(25, 1), timeBase: stream.timeBase,
      sampleAspect: picture.sampleAspect, orientation: stream.orientation,
      interlacing: picture.interlacing)
  }

  /// A decoded frame as a picture of the form that the first one had; `nil` if that cannot be.
  private func picture(_ frame: Frame) throws(MediaError) -> Picture? {
    guard let mainVideo, let demuxer else { return nil }
    let stream = streams[mainVideo]
    guard var picture = try formed(frame) else { return nil }
    if video == nil { lightLevels = frame.lightLevels }
    let aspect = av_guess_sample_aspect_ratio(
      demuxer.context, demuxer.stream(mainVideo), frame.pointer)
    picture.sampleAspect = Rational(known: aspect) ?? .one
    picture.orientation = stream.orientation
    let perFrame = stream.frameRate.map { rate in
      av_rescale_q(1, av_inv_q(rate.ffmpeg), stream.timeBase.ffmpeg)
    }
    let length = max(frame.pointee.pkt_duration, 0)
    let tick = frame.pointee.best_effort_timestamp
    let value = tick == cffmpeg_no_timestamp ? nextTick : tick
    nextTick = value + (length > 0 ? length : perFrame ?? 1)
    picture.timestamp = Timestamp(value: value, base: stream.timeBase)
    picture.duration = length > 0 ? Timestamp(value: length, base: stream.timeBase) : nil
    return picture
  }

  private func formed(_ frame: Frame) throws(MediaError) -> Picture? {
    if let video {
      let isSame =
        frame.width == video.width && frame.height == video.height
        && PixelFormat(frame.pixelFormat) == video.format
      if isSame { return Picture(frame) }
      guard let format = video.format.ffmpegFormat else { return nil }
      var picture = Picture(
        try scaler.convert(
          frame, to: format, width: video.width, height: video.height, color: video.color))
      picture?.color = video.color
      return picture
    }
    if let picture = Picture(frame) { return picture }
    // Components of unequal depth (rgb565…), single bits: bytes of RGB hold them all.
    return Picture(
      try scaler.convert(
        frame, to: AV_PIX_FMT_GBRP, width: frame.width, height: frame.height, color: .rgb))
  }
}

extension Frame {
  fileprivate var lightLevels: [(type: AVPacketSideDataType, data: [UInt8])] {
    [
      (AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_MASTERING_DISPLAY_METADATA),
      (AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, AV_PKT_DATA_CONTENT_LIGHT_LEVEL),
    ].compactMap { inFrame, inStream in sideData(inFrame).map { (inStream, $0) } }
  }
}

extension Demuxer {
  /// Where the clock of a broadcast stream starts; others keep their times as they are.
  var clockStart: Int64 {
    let start = context.pointee.start_time
    let runsOn = context.pointee.iformat.pointee.flags & AVFMT_TS_DISCONT != 0
    return runsOn && start != cffmpeg_no_timestamp ? start : 0
  }

  func checkSize(of stream: Int) throws(MediaError) {
    let parameters = self.stream(stream).pointee.codecpar.pointee
    try checkPictureSize(Int(parameters.width), Int(parameters.height), of: path)
  }
}

/// Refuses sizes that could only be meant to exhaust memory.
func checkPictureSize(_ width: Int, _ height: Int, of path: String) throws(MediaError) {
  guard width <= Decoder.maximumSide, height <= Decoder.maximumSide else {
    throw MediaError(
      .decode, path,
      "its \(width)×\(height) samples are more than the \(Decoder.maximumSide) per side allowed")
  }
}
