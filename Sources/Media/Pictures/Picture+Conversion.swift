internal import CFFmpeg
public import MediaTypes

/// `picture` in another format or size, by swscale: bicubic, or area averages below half size.
///
/// RGB becomes full range; YUV made from RGB has `color`, by default BT.601 in full range, as JPEG
/// has it.
///
/// - Throws: ``MediaError`` if FFmpeg has no such format.
public func converted(
  _ picture: Picture, to format: PixelFormat, width: Int, height: Int,
  color: ColorDescription? = nil
) throws(MediaError) -> Picture {
  let target = color ?? picture.color.whenConverted(from: picture.format, to: format)
  if format == picture.format, width == picture.width, height == picture.height,
    target == picture.color
  {
    return picture
  }
  guard let source = Frame(picture), let ffmpegFormat = format.ffmpegFormat else {
    throw MediaError(.decode, "a picture", "its pixel format cannot be converted")
  }
  let frame = try Scaler.convert(
    source, to: ffmpegFormat, width: width, height: height, color: target)
  guard var result = Picture(frame) else {
    throw MediaError(.decode, "a picture", "its pixel format cannot be converted")
  }
  result.color = target
  result.timestamp = picture.timestamp
  result.duration = picture.duration
  result.sampleAspect = picture.sampleAspect
  result.orientation = picture.orientation
  result.interlacing = picture.interlacing
  result.isKeyFrame = picture.isKeyFrame
  result.metadata = picture.metadata
  return result
}

extension ColorDescription {
  /// What the colours become if nothing else is asked for.
  func whenConverted(from source: PixelFormat, to target: PixelFormat) -> ColorDescription {
    guard source.model != target.model else { return self }
    var color = self
    switch target.model {
    case .rgb:
      color.range = .full
      color.matrix = .identity
    case .yuv where source.model == .rgb:
      color.range = .full
      color.matrix = .bt601
    case .gray, .yuv: break
    }
    return color
  }
}
