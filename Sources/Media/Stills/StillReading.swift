internal import CFFmpeg
public import MediaTypes

/// Reads a still picture: PNG, JPEG, WebP, BMP, TIFF or GIF, told apart by their data.
///
/// The planes are the file's own (YUV for JPEG and most WebP, RGB or gray for others; palettes
/// become RGB), not turned: `orientation` is what EXIF says. Of an animation, the first frame.
///
/// - Throws: ``MediaError`` for `open`, `read` or `decode` if the file is missing, of no known
///   format, damaged, animated WebP, CMYK, or larger than 16384 samples per side.
public func readStill(path: String) throws(MediaError) -> Picture {
  try readStill(try InputFile.allBytes(of: path), name: path)
}

/// The same from memory; errors name `name`.
public func readStill(_ bytes: [UInt8], name: String) throws(MediaError) -> Picture {
  guard !bytes.isEmpty else { throw MediaError(.read, name, "it is empty") }
  guard let format = MediaSignature.stillFormat(of: Array(bytes.prefix(64))) else {
    throw MediaError(.read, name, "it is no picture of a known format")
  }
  var picture: Picture
  switch format {
  case .png:
    picture = try PNGFile.read(bytes, of: name)
  case .jpeg:
    picture = try JPEGCodec.borrow { codec throws(MediaError) in try codec.decode(bytes, of: name) }
    picture.metadata = JPEGMarkers.metadata(of: bytes)
  case .webp:
    guard !WebPChunks.isAnimated(bytes) else {
      throw MediaError(.decode, name, "animated WebP is not read")
    }
    if let size = WebPChunks.size(of: bytes) {
      try checkPictureSize(size.width, size.height, of: name)
    }
    picture = try decodeWithFFmpeg(bytes, AV_CODEC_ID_WEBP, name)
    picture.metadata = WebPChunks.metadata(of: bytes)
  case .bmp: picture = try decodeWithFFmpeg(bytes, AV_CODEC_ID_BMP, name)
  case .tiff: picture = try decodeWithFFmpeg(bytes, AV_CODEC_ID_TIFF, name)
  case .gif: picture = try decodeWithFFmpeg(bytes, AV_CODEC_ID_GIF, name)
  }
  let asked = picture.metadata.exif.flatMap(EXIF.orientation)
  // A TIFF file is an EXIF block with samples.
  let own = format == .tiff ? EXIF.orientation(of: bytes) : nil
  picture.orientation = asked ?? own ?? .upright
  return picture
}

/// Decodes a file that is one packet to FFmpeg.
private func decodeWithFFmpeg(
  _ bytes: [UInt8], _ codec: AVCodecID, _ name: String
) throws(MediaError) -> Picture {
  let decoder = try Decoder(codec, of: name)
  let damaged = MediaError(.decode, name, "the data is damaged, cut off or too large")
  guard decoder.send(Packet(bytes: bytes)) else { throw damaged }
  _ = decoder.send(nil)
  guard case .frame(let frame) = decoder.receive() else { throw damaged }
  try checkPictureSize(frame.width, frame.height, of: name)
  var picture = Picture(frame)
  if picture == nil {
    picture = Picture(
      try Scaler.convert(
        frame, to: AV_PIX_FMT_GBRP, width: frame.width, height: frame.height, color: .rgb))
  }
  guard var picture else { throw damaged }
  picture.sampleAspect = .one
  return picture.withoutIdleAlpha
}

extension Picture {
  /// The picture without its alpha plane if that is opaque everywhere.
  ///
  /// FFmpeg's formats for these files have alpha whether the file has or not.
  fileprivate var withoutIdleAlpha: Picture {
    guard format.hasAlpha, case .eight(let alpha)? = planes.last?.samples,
      alpha.allSatisfy({ $0 == 255 })
    else { return self }
    var opaque = format
    opaque.hasAlpha = false
    return Picture(
      width: width, height: height, format: opaque, planes: planes.dropLast(), color: color)
  }
}
