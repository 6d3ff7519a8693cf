internal import CFFmpeg
internal import MediaTypes
internal import Synchronization

/// Converts frames between pixel formats, colour matrices and sizes with swscale.
///
/// Keeps its context for as long as frames of the same kind come. Confine each to one task.
final class Scaler {
  private var context: OpaquePointer?
  private var setUpFor: [Int32] = []

  deinit {
    sws_freeContext(context)
  }

  /// `frame` as `format` at `width` × `height`, with `color` as the meaning of the new samples.
  func convert(
    _ frame: Frame, to format: AVPixelFormat, width: Int, height: Int, color: ColorDescription
  ) throws(MediaError) -> Frame {
    let target = Frame(width: width, height: height, format: format)
    let sourceColor = ColorDescription(frame.pointee)
    let key = Scaler.key(frame, format, width, height, color)
    if key != setUpFor {
      try setUp(frame, to: target, from: sourceColor, to: color)
      setUpFor = key
    }
    var (sources, sourceStrides) = (frame.planePointers, frame.strides)
    var (targets, targetStrides) = (target.mutablePlanePointers, target.strides)
    let rows = sws_scale(
      context, &sources, &sourceStrides, 0, Int32(frame.height), &targets, &targetStrides)
    try check(rows, .decode, "a picture")
    av_frame_copy_props(target.pointer, frame.pointer)
    target.pointer.pointee.color_range = color.ffmpegRange
    target.pointer.pointee.colorspace = color.ffmpegMatrix
    target.pointer.pointee.color_primaries = color.ffmpegPrimaries
    target.pointer.pointee.color_trc = color.ffmpegTransfer
    return target
  }

  /// The same with a scaler from a pool: setting one up costs more than scaling a small picture.
  static func convert(
    _ frame: Frame, to format: AVPixelFormat, width: Int, height: Int, color: ColorDescription
  ) throws(MediaError) -> Frame {
    let key = key(frame, format, width, height, color)
    let scaler = idle.withLock { $0.take(key) }.scaler ?? Scaler()
    let result = try scaler.convert(
      frame, to: format, width: width, height: height, color: color)
    let returned = Idle(scalers: [scaler])
    idle.withLock { $0.put(returned) }
    return result
  }

  private static let idle = Mutex(Idle(scalers: []))

  /// Scalers that nobody uses, the latest used last.
  private struct Idle: @unchecked Sendable {  // a scaler belongs to whoever took it out
    var scalers: [Scaler]
    var scaler: Scaler? { scalers.first }

    mutating func take(_ key: [Int32]) -> Idle {
      guard let index = scalers.lastIndex(where: { $0.setUpFor == key }) else {
        return Idle(scalers: [])
      }
      return Idle(scalers: [scalers.remove(at: index)])
    }

    mutating func put(_ returned: Idle) {
      scalers += returned.scalers
      if scalers.count > 8 { scalers.removeFirst() }
    }
  }

  /// Everything that a context is set up for.
  private static func key(
    _ frame: Frame, _ format: AVPixelFormat, _ width: Int, _ height: Int, _ color: ColorDescription
  ) -> [Int32] {
    let source = ColorDescription(frame.pointee)
    return [
      frame.pixelFormat.rawValue, Int32(frame.width), Int32(frame.height), format.rawValue,
      Int32(width), Int32(height), source.range == .full ? 1 : 0, color.range == .full ? 1 : 0,
      source.scalerMatrix(height: frame.height), color.scalerMatrix(height: height),
    ]
  }

  private func setUp(
    _ frame: Frame, to target: Frame, from sourceColor: ColorDescription, to color: ColorDescription
  ) throws(MediaError) {
    sws_freeContext(context)
    let isResized = frame.width != target.width || frame.height != target.height
    // Box-like averaging for large reductions comes with SWS_AREA, where bicubic would ring.
    let kernel = isResized && target.width * 2 < frame.width ? SWS_AREA : SWS_BICUBIC
    context = sws_getContext(
      Int32(frame.width), Int32(frame.height), frame.pixelFormat, Int32(target.width),
      Int32(target.height), target.pixelFormat,
      kernel | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP, nil, nil, nil)
    guard context != nil else {
      throw MediaError(.decode, "a picture", "its pixel format cannot be converted")
    }
    sws_setColorspaceDetails(
      context, sws_getCoefficients(sourceColor.scalerMatrix(height: frame.height)),
      sourceColor.range == .full ? 1 : 0,
      sws_getCoefficients(color.scalerMatrix(height: target.height)),
      color.range == .full ? 1 : 0, 0, 1 << 16, 1 << 16)
  }
}
