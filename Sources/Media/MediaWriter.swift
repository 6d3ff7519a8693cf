internal import CFFmpeg
public import MediaTypes

/// A film being written: its main video encoded, the other streams of a source copied.
///
/// The file takes its name only in ``finish()``; unless that succeeds, nothing is left of it.
/// Not thread-safe: confine each to one task.
public final class MediaWriter {
  public let path: String
  /// Sentences about what the container has no place for and what was therefore changed or left
  /// out: see ``init(path:like:settings:)``.
  public private(set) var remarks: [String] = []

  private let file: PartialFile
  private var muxer: Muxer?
  private let encoder: VideoEncoder
  private var tracks: [Int: any OutputTrack] = [:]  // by the source's stream index
  private let videoTrack: Int
  /// Whether pictures are turned upright because the container cannot say how they lie.
  private let turnsPictures: Bool
  private var isFinished = false

  /// Begins a film with the streams of `source`, whose pictures and packets are to be written.
  ///
  /// Sound in a codec that the container cannot hold is encoded anew in the container's usual one;
  /// containers without any sound (gif) leave sound and subtitles out, and all containers leave
  /// out data streams (telemetry) of codecs they do not hold. Rotated pictures are turned upright
  /// where the container has no place for a rotation (all but mp4 and mov). ``remarks`` says so.
  ///
  /// - Throws: ``MediaError`` for `write` if the file cannot be made or a stream cannot be stored,
  ///   for `use` if there is no such encoder or setting, for `encode` if the encoder refuses.
  public convenience init(
    path: String, like source: MediaReader, settings: VideoSettings = VideoSettings()
  ) throws(MediaError) {
    guard let video = source.video else {
      throw MediaError(.write, path, "\(source.path) holds no video")
    }
    try self.init(path: path, video: video, source: source, settings: settings)
  }

  /// Begins a film of pictures alone.
  public convenience init(
    path: String, video: VideoDescription, settings: VideoSettings = VideoSettings()
  ) throws(MediaError) {
    try self.init(path: path, video: video, source: nil, settings: settings)
  }

  private init(
    path: String, video: VideoDescription, source: MediaReader?, settings: VideoSettings
  ) throws(MediaError) {
    self.path = path
    let container = try Container(path: path)
    let choice = try VideoEncoderChoice(settings, for: container, at: path)
    turnsPictures = video.orientation != .upright && !container.isMP4
    let video = turnsPictures ? video.turnedUpright : video
    encoder = try VideoEncoder(
      choice, for: video, hasFreeTimes: container.hasFreeTimes,
      wantsGlobalHeader: container.wantsGlobalHeader, threads: settings.threads, subject: path,
      extraOptions: container.encoderOptions(choice.name))
    let plan = try StreamPlan(source, for: container, at: path)
    file = try PartialFile(for: path)
    let muxer = try Muxer(path: file.path, container: container, subject: path)
    self.muxer = muxer
    videoTrack = plan.videoTrack
    remarks = plan.remarks
    if turnsPictures {
      remarks.append("the pictures are turned upright: \(container.title) does not say rotations")
    }
    tracks = try plan.makeTracks(in: muxer) { (stream) throws(MediaError) in
      try self.encoder.describe(stream)
      stream.pointee.avg_frame_rate = video.frameRate.ffmpeg
      if video.orientation != .upright { stream.setDisplayMatrix(video.orientation) }
      for (type, data) in source?.lightLevels ?? [] { stream.addSideData(type, data) }
    }
    try muxer.begin(options: plan.muxerOptions)
  }

  deinit {
    discard()
  }

  public func write(_ item: MediaItem) throws(MediaError) {
    switch item {
    case .picture(let picture): try write(picture)
    case .packet(let packet): try write(packet)
    }
  }

  /// Encodes the next picture, shown at its own timestamp.
  public func write(_ picture: Picture) throws(MediaError) {
    guard let time = picture.timestamp else {
      throw MediaError(.encode, path, "a picture without a time cannot be part of a film")
    }
    try encoder.send(
      turnsPictures ? picture.turnedUpright() : picture, at: time, duration: picture.duration)
    try drainEncoder()
  }

  /// Writes a packet of another stream of the source.
  public func write(_ packet: Packet) throws(MediaError) {
    guard let muxer, let track = tracks[packet.streamIndex] else { return }
    try track.write(packet, to: muxer)
  }

  /// Completes the file and gives it its name.
  public func finish() throws(MediaError) {
    guard !isFinished, let muxer else { return }
    do throws(MediaError) {
      try encoder.finish()
      try drainEncoder()
      for track in tracks.values { try track.finish(in: muxer) }
      try muxer.finish()
      self.muxer = nil
      try file.finish()
      isFinished = true
    } catch {
      discard()
      throw error
    }
  }

  /// Gives up: what was written is removed, and a file that was there before stays.
  public func discard() {
    guard !isFinished else { return }
    muxer = nil
    file.discard()
  }

  private func drainEncoder() throws(MediaError) {
    while let packet = try encoder.receive() {
      try muxer?.write(packet, to: videoTrack)
    }
  }
}

extension Container {
  /// What this container needs of an encoder.
  fileprivate func encoderOptions(_ encoder: String) -> [String: String] {
    // AVI stores no times, so pictures must be coded in the order in which they are shown.
    name == "avi" && encoder != "ffv1" ? ["bf": "0"] : [:]
  }
}
