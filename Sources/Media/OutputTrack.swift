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
