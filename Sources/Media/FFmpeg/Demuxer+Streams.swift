internal import CFFmpeg
internal import MediaTypes

extension Demuxer {
  var streams: [StreamDescription] { (0..<streamCount).map(describe) }

  /// The stream whose pictures are the film: the best that is not a cover.
  var mainVideo: Int? {
    let candidates = streams.filter { $0.kind == .video }
    let best = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
    return candidates.first { $0.index == best }?.index ?? candidates.first?.index
  }

  private func describe(_ index: Int) -> StreamDescription {
    let stream = stream(index)
    let parameters = stream.pointee.codecpar.pointee
    let base = Rational(stream.pointee.time_base)
    let rate = Rational(known: stream.pointee.avg_frame_rate)
    let duration =
      stream.pointee.duration == cffmpeg_no_timestamp || stream.pointee.duration <= 0
      ? self.duration : Timestamp(value: stream.pointee.duration, base: base).seconds
    let kind = kind(of: stream.pointee)
    var count: Int?
    if stream.pointee.nb_frames > 0 {
      count = Int(stream.pointee.nb_frames)
    } else if let duration, let rate, duration * rate.value < 1e9 {
      count = Int((duration * rate.value).rounded())
    }
    return StreamDescription(
      index: index, kind: kind, codec: String(cString: avcodec_get_name(parameters.codec_id)),
      timeBase: base, duration: duration, metadata: [String: String](stream.pointee.metadata),
      isDefault: stream.pointee.disposition & AV_DISPOSITION_DEFAULT != 0,
      width: Int(parameters.width), height: Int(parameters.height), frameRate: rate,
      frameCountEstimate: kind == .video ? count : nil,
      sampleAspect: Rational(known: av_guess_sample_aspect_ratio(context, stream, nil)) ?? .one,
      orientation: orientation(of: stream), sampleRate: Int(parameters.sample_rate),
      channelCount: Int(parameters.ch_layout.nb_channels))
  }

  private func kind(of stream: AVStream) -> StreamDescription.Kind {
    switch stream.codecpar.pointee.codec_type {
    case AVMEDIA_TYPE_VIDEO:
      stream.disposition & AV_DISPOSITION_ATTACHED_PIC != 0 ? .cover : .video
    case AVMEDIA_TYPE_AUDIO: .sound
    case AVMEDIA_TYPE_SUBTITLE: .subtitles
    case AVMEDIA_TYPE_ATTACHMENT: .attachment
    default: .data
    }
  }

  private func orientation(of stream: UnsafeMutablePointer<AVStream>) -> Orientation {
    var size = 0
    guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36
    else { return .upright }
    return data.withMemoryRebound(to: Int32.self, capacity: 9) { Orientation(displayMatrix: $0) }
  }
}
