internal import CFFmpeg
internal import MediaTypes

/// What becomes of each stream of a source in a new file.
struct StreamPlan {
  private enum Fate {
    case mainVideo
    case copy
    case encodeSound
    case attachCover
  }

  private let source: Demuxer?
  private let reader: MediaReader?
  private let container: Container
  private let path: String
  private var fates: [(stream: Int?, fate: Fate)] = []
  private(set) var remarks: [String] = []
  /// Which stream of the new file is the main video.
  private(set) var videoTrack = 0

  init(_ reader: MediaReader?, for container: Container, at path: String) throws(MediaError) {
    self.reader = reader
    source = reader?.demuxer
    self.container = container
    self.path = path
    guard let reader, let source else {
      fates = [(nil, .mainVideo)]
      return
    }
    for stream in reader.streams {
      guard let fate = try fate(of: stream, reader, source) else { continue }
      if fate == .mainVideo { videoTrack = fates.count }
      fates.append((stream.index, fate))
    }
  }

  private mutating func fate(
    of stream: StreamDescription, _ reader: MediaReader, _ source: Demuxer
  ) throws(MediaError) -> Fate? {
    if stream.index == reader.mainVideo { return .mainVideo }
    let parameters = source.stream(stream.index).pointee.codecpar.pointee
    let name = "stream \(stream.index) (\(stream.kind.rawValue), \(stream.codec))"
    switch stream.kind {
    case .attachment where container.isMatroska && container.name == "matroska": return .copy
    case .cover where container.name == "matroska": return .attachCover
    case .cover where container.isMP4: return .copy
    case .data:
      // MP4 writes its chapter and time code tracks itself, from chapters and metadata.
      let isRemade = ["bin_data", "none", "unknown"].contains(stream.codec)
      if container.stores(parameters.codec_id, AVMEDIA_TYPE_DATA), !isRemade { return .copy }
      if !isRemade { remarks.append("\(name) is left out: \(container.title) has no place for it") }
      return nil
    case .video, .sound, .subtitles:
      if container.stores(parameters.codec_id, parameters.codec_type) { return .copy }
      if stream.kind == .sound, container.holdsSound {
        remarks.append("\(name) is encoded anew: \(container.title) cannot hold it as it is")
        return .encodeSound
      }
      if stream.kind != .video, !container.holdsSound {
        remarks.append("\(name) is left out: \(container.title) holds pictures only")
        return nil
      }
    case .attachment, .cover: break
    }
    throw MediaError(.write, path, "\(name) cannot be stored in \(container.title)")
  }

  /// Adds the streams to the new file; `describeVideo` fills in the encoded one.
  ///
  /// - Returns: the tracks that packets of the source go to, by the source's stream index.
  func makeTracks(
    in muxer: Muxer,
    describeVideo: (UnsafeMutablePointer<AVStream>) throws(MediaError) -> Void
  ) throws(MediaError) -> [Int: any OutputTrack] {
    var tracks: [Int: any OutputTrack] = [:]
    for (track, (index, fate)) in fates.enumerated() {
      let target = muxer.addStream()
      guard let index, let origin = source?.stream(index) else {
        try describeVideo(target)
        continue
      }
      target.copyDescription(of: origin, isEncodedAnew: fate != .copy)
      switch fate {
      case .mainVideo:
        try describeVideo(target)
      case .copy:
        try target.copyParameters(of: origin, container, path)
        tracks[index] = CopiedTrack(track)
      case .attachCover:
        target.attachCover(of: origin)
      case .encodeSound:
        let transcoder = try SoundTranscoder(origin, to: container, at: path)
        try transcoder.describe(target)
        tracks[index] = EncodedSoundTrack(track, transcoder)
      }
    }
    muxer.setMetadata(metadata)
    muxer.setChapters(reader?.chapters ?? [])
    return tracks
  }

  /// Options for the muxer.
  var muxerOptions: [String: String] {
    guard container.isMP4 else { return [:] }
    // The index goes first, so that a browser can start before it has all of the file.
    var flags = "+faststart"
    // Tags of free names take the place of those that covers are kept with.
    let hasCover = reader?.streams.contains { $0.kind == .cover } ?? false
    if !hasCover, metadata.keys.contains(where: { !mp4Names.contains($0) }) {
      flags += "+use_metadata_tags"
    }
    return ["movflags": flags]
  }

  private var metadata: [String: String] {
    reader?.metadata.filter { !describesContainer($0.key) } ?? [:]
  }

  /// Names of what a muxer says anew of every file it makes.
  private func describesContainer(_ key: String) -> Bool {
    ["major_brand", "minor_version", "compatible_brands", "encoder", "duration"]
      .contains(key.lowercased())
  }
}

/// The metadata names for which MP4 has entries of its own; others need Apple's free-form ones.
private let mp4Names: Set<String> = [
  "title", "artist", "album_artist", "composer", "album", "date", "encoder", "comment", "genre",
  "copyright", "grouping", "lyrics", "description", "synopsis", "show", "episode_id", "network",
  "keywords", "episode_sort", "season_number", "media_type", "hd_video", "gapless_playback",
  "compilation", "track", "disc", "tmpo", "creation_time", "location", "timecode",
]
