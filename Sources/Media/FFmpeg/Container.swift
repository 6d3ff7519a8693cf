internal import CFFmpeg

/// A file format that can be written, found by a name's extension.
struct Container {
  let format: UnsafePointer<AVOutputFormat>

  /// - Throws: ``MediaError`` for `write` if the extension stands for no format of moving pictures.
  init(path: String) throws(MediaError) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let fileExtension = name.split(separator: ".").dropFirst().last.map { $0.lowercased() }
    guard let fileExtension else {
      throw MediaError(.write, path, "its name has no extension to choose a format by")
    }
    // FFmpeg means raw MPEG-4 by one of its entries for "m4v".
    let guess =
      fileExtension == "m4v"
      ? av_guess_format("mp4", nil, nil) : av_guess_format(nil, "x." + fileExtension, nil)
    guard let guess, guess.pointee.flags & AVFMT_NOFILE == 0 else {
      throw MediaError(.write, path, "no format is known by the extension .\(fileExtension)")
    }
    let codec = guess.pointee.video_codec
    // Sound files may hold a cover, which is PNG to FFmpeg.
    let holdsVideo =
      codec != AV_CODEC_ID_NONE && (codec != AV_CODEC_ID_PNG || fileExtension == "apng")
    guard holdsVideo, fileExtension != "webp" else {  // FFmpeg writes moving WebP but reads none
      throw MediaError(.write, path, "no video is written to \(fileExtension) files")
    }
    format = guess
  }

  var name: String { String(cString: format.pointee.name) }
  /// As errors should call it.
  var title: String { String(cString: format.pointee.long_name) }

  var isMP4: Bool { ["mp4", "mov", "ipod"].contains(name) }
  var isMatroska: Bool { ["matroska", "webm"].contains(name) }
  var holdsSound: Bool { format.pointee.audio_codec != AV_CODEC_ID_NONE }
  var wantsGlobalHeader: Bool { format.pointee.flags & AVFMT_GLOBALHEADER != 0 }
  /// Whether frames may come at any time, rather than at a fixed rate.
  var hasFreeTimes: Bool {
    ![
      "avi", "mxf", "mxf_d10", "mxf_opatom", "gxf", "dv", "ogg", "ogv",
    ].contains(name)
  }

  /// Whether a stream of this codec can be stored.
  func stores(_ codec: AVCodecID, _ type: AVMediaType) -> Bool {
    let answer = avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL)
    if answer >= 0 { return answer == 1 }
    if name.hasPrefix("og") {
      return [
        AV_CODEC_ID_THEORA, AV_CODEC_ID_VP8, AV_CODEC_ID_VORBIS, AV_CODEC_ID_OPUS,
        AV_CODEC_ID_FLAC, AV_CODEC_ID_SPEEX,
      ].contains(codec)
    }
    // The format keeps no list: believe those that hold such streams at all.
    return switch type {
    case AVMEDIA_TYPE_VIDEO: format.pointee.video_codec != AV_CODEC_ID_NONE
    case AVMEDIA_TYPE_AUDIO: format.pointee.audio_codec != AV_CODEC_ID_NONE
    case AVMEDIA_TYPE_SUBTITLE: format.pointee.subtitle_codec != AV_CODEC_ID_NONE
    default: false
    }
  }
}
