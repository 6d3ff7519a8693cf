internal import CFFmpeg
internal import MediaTypes

extension PixelFormat {
  /// The planar equivalent of an FFmpeg format that holds all of its samples, or `nil` if there is
  /// none because its components differ in depth, are floating-point or live on a graphics card.
  init?(_ format: AVPixelFormat) {
    guard let descriptor = av_pix_fmt_desc_get(format)?.pointee else { return nil }
    let flags = Int32(truncatingIfNeeded: descriptor.flags)
    let refused =
      AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER
      | AV_PIX_FMT_FLAG_BITSTREAM
    guard flags & refused == 0 else { return nil }
    if flags & AV_PIX_FMT_FLAG_PAL != 0 {
      self = .rgba8
      return
    }
    let components = descriptor.components
    let depth = components[0].depth
    guard depth >= 8, depth <= 16, components.allSatisfy({ $0.depth == depth }),
      !String(cString: descriptor.name).hasPrefix("xyz")
    else { return nil }
    let hasAlpha = flags & AV_PIX_FMT_FLAG_ALPHA != 0
    let model: Model =
      flags & AV_PIX_FMT_FLAG_RGB != 0
      ? .rgb : components.count - (hasAlpha ? 1 : 0) == 1 ? .gray : .yuv
    self.init(
      model: model, chromaShiftX: Int(descriptor.log2_chroma_w),
      chromaShiftY: Int(descriptor.log2_chroma_h), bitDepth: Int(depth), hasAlpha: hasAlpha)
  }

  /// FFmpeg's format of exactly these planes, or for gray with alpha the interleaved one.
  ///
  /// `nil` for depths that FFmpeg does not have, such as 11 bits.
  var ffmpegFormat: AVPixelFormat? { planarFormats[self] }
}

/// All planar formats by what they hold.
///
/// The deprecated full-range twins (yuvj…) are left out.
private let planarFormats: [PixelFormat: AVPixelFormat] = {
  var formats: [PixelFormat: AVPixelFormat] = [
    PixelFormat(model: .gray, hasAlpha: true): AV_PIX_FMT_YA8,
    PixelFormat(model: .gray, bitDepth: 16, hasAlpha: true): AV_PIX_FMT_YA16LE,
  ]
  var next = av_pix_fmt_desc_next(nil)
  while let descriptor = next {
    next = av_pix_fmt_desc_next(descriptor)
    let id = av_pix_fmt_desc_get_id(descriptor)
    let name = String(cString: descriptor.pointee.name)
    guard !name.hasPrefix("yuvj"), !name.hasSuffix("be"), id.isPlanar,
      let format = PixelFormat(id), formats[format] == nil
    else { continue }
    formats[format] = id
  }
  return formats
}()

extension AVPixelFormat {
  /// Whether each component has a plane of its own of whole, right-aligned samples.
  var isPlanar: Bool {
    guard let descriptor = av_pix_fmt_desc_get(self)?.pointee else { return false }
    let flags = Int32(truncatingIfNeeded: descriptor.flags)
    guard flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BE) == 0 else { return false }
    let components = descriptor.components
    return Set(components.map(\.plane)).count == components.count
      && components.allSatisfy {
        $0.shift == 0 && $0.offset == 0 && $0.step == ($0.depth > 8 ? 2 : 1)
      }
  }
}

extension AVPixFmtDescriptor {
  var components: [AVComponentDescriptor] {
    withUnsafeBytes(of: comp) {
      Array($0.bindMemory(to: AVComponentDescriptor.self).prefix(Int(nb_components)))
    }
  }
}
