internal import CFFmpeg
public import MediaTypes

/// A piece of an encoded stream, as its file holds it.
///
/// Owns one `AVPacket`, which nothing changes once a packet has been handed out: hence sendable.
public final class Packet: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<AVPacket>
  /// Of the stream, by which the packet's ticks count.
  public internal(set) var timeBase = Rational.one

  init() {
    guard let pointer = av_packet_alloc() else { fatalError("out of memory") }
    self.pointer = pointer
  }

  /// A packet that holds a copy of `bytes`.
  init(bytes: [UInt8]) {
    guard let pointer = av_packet_alloc(), av_new_packet(pointer, Int32(bytes.count)) == 0 else {
      fatalError("out of memory")
    }
    self.pointer = pointer
    bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      UnsafeMutableRawPointer(pointer.pointee.data).copyMemory(
        from: base, byteCount: source.count)
    }
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&freeing)
  }

  /// Another packet on the same data, free to be given other times.
  func reference() -> Packet {
    let other = Packet()
    guard av_packet_ref(other.pointer, pointer) == 0 else { fatalError("out of memory") }
    other.timeBase = timeBase
    return other
  }

  public var streamIndex: Int { Int(pointer.pointee.stream_index) }
  public var isKey: Bool { pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
  /// Whether the reader knows the data to be incomplete.
  public var isCorrupt: Bool { pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 }

  /// When the packet's content is shown or heard.
  public var timestamp: Timestamp? {
    let ticks = pointer.pointee.pts
    return ticks == cffmpeg_no_timestamp ? nil : Timestamp(value: ticks, base: timeBase)
  }

  public var duration: Timestamp { Timestamp(value: pointer.pointee.duration, base: timeBase) }

  public var bytes: [UInt8] {
    guard let data = pointer.pointee.data else { return [] }
    return [UInt8](UnsafeBufferPointer(start: data, count: Int(pointer.pointee.size)))
  }
}
