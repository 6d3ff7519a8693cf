internal import CFFmpeg

/// One decoded picture or stretch of sound in FFmpeg's keeping: owns an `AVFrame`.
final class Frame {
  let pointer: UnsafeMutablePointer<AVFrame>

  init() {
    guard let pointer = av_frame_alloc() else { fatalError("out of memory") }
    self.pointer = pointer
  }

  /// A picture with room for its samples.
  convenience init(width: Int, height: Int, format: AVPixelFormat) {
    self.init()
    pointer.pointee.width = Int32(width)
    pointer.pointee.height = Int32(height)
    pointer.pointee.format = format.rawValue
    guard av_frame_get_buffer(pointer, 0) == 0 else { fatalError("out of memory") }
  }

  deinit {
    var freeing: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&freeing)
  }

  var pixelFormat: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }
  var width: Int { Int(pointer.pointee.width) }
  var height: Int { Int(pointer.pointee.height) }

  /// The first row of plane `index`.
  func plane(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    guard let plane = pointer.pointee.extended_data[index] else {
      fatalError("a frame without plane \(index)")
    }
    return plane
  }

  /// Bytes from row to row of plane `index`; negative in pictures stored bottom up.
  func stride(_ index: Int) -> Int {
    withUnsafeBytes(of: pointer.pointee.linesize) { Int($0.bindMemory(to: Int32.self)[index]) }
  }

  /// `av_image…` and swscale want all planes and strides as C arrays.
  var planePointers: [UnsafePointer<UInt8>?] {
    (0..<4).map { UnsafePointer(pointer.pointee.extended_data[$0]) }
  }

  var mutablePlanePointers: [UnsafeMutablePointer<UInt8>?] {
    (0..<4).map { pointer.pointee.extended_data[$0] }
  }

  /// What comes with the frame beside its samples.
  func sideData(_ type: AVFrameSideDataType) -> [UInt8]? {
    guard let data = av_frame_get_side_data(pointer, type)?.pointee, let bytes = data.data else {
      return nil
    }
    return [UInt8](UnsafeBufferPointer(start: bytes, count: data.size))
  }

  var strides: [Int32] { (0..<4).map { Int32(stride($0)) } }
}
