internal import CFFmpeg
internal import MediaTypes

extension ColorDescription {
  /// The colours of a decoded frame.
  init(_ frame: AVFrame) {
    let format = AVPixelFormat(frame.format)
    let descriptor = av_pix_fmt_desc_get(format)?.pointee
    let name = descriptor.map { String(cString: $0.name) } ?? ""
    let flags = Int32(truncatingIfNeeded: descriptor?.flags ?? 0)
    let isRGB = flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    let isFull =
      isRGB || frame.color_range == AVCOL_RANGE_JPEG || name.hasPrefix("yuvj")
    self.init(
      range: isFull ? .full : .limited,
      matrix: isRGB ? .identity : Matrix(rawValue: Int(frame.colorspace.rawValue)) ?? .unspecified,
      primaries: Int(frame.color_primaries.rawValue), transfer: Int(frame.color_trc.rawValue),
      chromaLocation: Int(frame.chroma_location.rawValue))
  }

  var ffmpegRange: AVColorRange { range == .full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG }
  var ffmpegMatrix: AVColorSpace { AVColorSpace(UInt32(matrix.rawValue)) }
  var ffmpegPrimaries: AVColorPrimaries { AVColorPrimaries(UInt32(primaries)) }
  var ffmpegTransfer: AVColorTransferCharacteristic {
    AVColorTransferCharacteristic(UInt32(transfer))
  }
  var ffmpegChromaLocation: AVChromaLocation { AVChromaLocation(UInt32(chromaLocation)) }

  /// swscale's number for the matrix, an unspecified one taken as players take it.
  func scalerMatrix(height: Int) -> Int32 {
    switch matrix {
    case .bt709: SWS_CS_ITU709
    case .bt2020, .bt2020ConstantLuminance, .iCtCp: SWS_CS_BT2020
    case .fcc: SWS_CS_FCC
    case .smpte240: SWS_CS_SMPTE240M
    case .unspecified where height >= 720: SWS_CS_ITU709
    default: SWS_CS_ITU601
    }
  }
}

extension Rational {
  init(_ rational: AVRational) {
    self.init(Int(rational.num), rational.den == 0 ? 1 : Int(rational.den))
  }

  /// `nil` if FFmpeg means "unknown".
  init?(known rational: AVRational) {
    guard rational.num > 0, rational.den > 0 else { return nil }
    self.init(rational)
  }

  /// Nearest that fits into 32 bits.
  var ffmpeg: AVRational {
    var reduced = AVRational()
    av_reduce(&reduced.num, &reduced.den, Int64(numerator), Int64(denominator), Int64(Int32.max))
    return reduced
  }
}
