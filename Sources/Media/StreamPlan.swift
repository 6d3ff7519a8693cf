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
    if let reader {
      muxer.setMetadata(reader.metadata.filter { !describesContainer($0.key) })
      muxer.setChapters(reader.chapters)
    }
    return tracks
  }

  /// Names of what a muxer says anew of every file it makes.
  private func describesContainer(_ key: String) -> Bool {
    ["major_brand", "minor_version", "compatible_brands", "encoder", "duration"]
      .contains(key.lowercased())
  }
}

/// Where packets of one stream of the source go.
protocol OutputTrack {
  func write(_ packet: Packet, to muxer: Muxer) throws(MediaError)
  func finish(in muxer: Muxer) throws(MediaError)
}

/// Packets as they are.
struct CopiedTrack: OutputTrack {
  private let index: Int

  init(_ index: Int) {
    self.index = index
  }

  func write(_ packet: Packet, to muxer: Muxer) throws(MediaError) {
    try muxer.write(packet.reference(), to: index)
  }

  func finish(in muxer: Muxer) {}
}

/// Sound in the container's usual codec.
struct EncodedSoundTrack: OutputTrack {
  private let index: Int
  private let transcoder: SoundTranscoder

  init(_ index: Int, _ transcoder: SoundTranscoder) {
    self.index = index
    self.transcoder = transcoder
  }

  func write(_ packet: Packet, to muxer: Muxer) throws(MediaError) {
    for packet in try transcoder.transcode(packet) { try muxer.write(packet, to: index) }
  }

  func finish(in muxer: Muxer) throws(MediaError) {
    for packet in try transcoder.transcode(nil) { try muxer.write(packet, to: index) }
  }
}
