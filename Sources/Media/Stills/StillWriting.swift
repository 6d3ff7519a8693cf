internal import CFFmpeg
public import MediaTypes

/// A format in which still pictures are written.
public enum StillFormat: String, Sendable, CaseIterable {
  case png
  case jpeg
  case webp
  case bmp
  case tiff

  /// The format that a name's extension stands for.
  public init?(path: String) {
    let name = path.split(separator: "/").last ?? ""
    switch name.split(separator: ".").dropFirst().last?.lowercased() {
    case "png": self = .png
    case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
    case "webp": self = .webp
    case "bmp": self = .bmp
    case "tif", "tiff": self = .tiff
    default: return nil
    }
  }
}

/// How a still picture is written.
public struct StillSettings: Hashable, Sendable {
  /// JPEG: libjpeg's 1 to 100, by default 95.
  ///
  /// WebP: 0 to 100, by default lossless.
  public var quality: Int?
  /// PNG: zlib's 0 (none) to 9.
  public var compression: Int

  public init(quality: Int? = nil, compression: Int = 6) {
    self.quality = quality
    self.compression = compression
  }
}

/// Writes a still picture in the format of the name's extension, all or nothing.
///
/// - Throws: ``MediaError`` for `write` if the extension is unknown or the file cannot be made, for
///   `use` if the quality does not exist.
public func writeStill(
  _ picture: Picture, to path: String, settings: StillSettings = StillSettings()
) throws(MediaError) {
  guard let format = StillFormat(path: path) else {
    throw MediaError(
      .write, path, "its extension is none of png, jpg, webp, bmp and tif, in which stills are kept"
    )
  }
  try PartialFile.write(
    try encodeStill(picture, as: format, settings: settings, name: path), to: path)
}

/// A still picture as the bytes of a file; errors name `name`.
///
/// JPEG keeps the picture's own planes if they are as JPEG has them, else becomes 4:4:4, with alpha
/// laid over white. JPEG is not turned, its EXIF block saying how to; in other formats, whose
/// viewers do not look there, the samples are turned upright.
public func encodeStill(
  _ picture: Picture, as format: StillFormat, settings: StillSettings = StillSettings(),
  name: String
) throws(MediaError) -> [UInt8] {
  var picture = picture
  if format != .jpeg || picture.metadata.exif.flatMap(EXIF.orientation) != picture.orientation {
    picture = picture.turnedUpright()
    picture.metadata.exif = picture.metadata.exif.map(EXIF.upright)
  }
  switch format {
  case .png:
    return try PNGFile.write(
      try picture.asStored(.gray, .rgb, depths: [8, 16]), compression: settings.compression,
      of: name)
  case .jpeg:
    return try encodeJPEG(picture, quality: settings.quality ?? 95, name)
  case .webp:
    return try encodeWebP(picture, quality: settings.quality, name)
  case .bmp:
    let format = picture.format.hasAlpha ? AV_PIX_FMT_BGRA : AV_PIX_FMT_BGR24
    return try encodeWithFFmpeg(
      try picture.asStored(.rgb, depths: [8]), "bmp", format, [:], name)
  case .tiff:
    let stored = try picture.asStored(.gray, .rgb, depths: [8, 16])
    return try encodeWithFFmpeg(stored, "tiff", stored.format.packed, [:], name)
  }
}

private func encodeJPEG(
  _ picture: Picture, quality: Int, _ name: String
) throws(MediaError) -> [UInt8] {
  guard (1...100).contains(quality) else {
    throw MediaError(.use, "quality \(quality)", "JPEG takes 1 to 100")
  }
  let opaque = picture.format.hasAlpha ? try picture.overWhite() : picture
  var stored = opaque
  let isAsJPEG =
    opaque.format.bitDepth == 8 && opaque.color.range == .full
    && [.bt601, .bt601NTSC, .unspecified].contains(opaque.color.matrix)
  if !isAsJPEG || opaque.format.model == .rgb {
    var format = opaque.format.model == .gray ? PixelFormat.gray8 : .yuv444
    if opaque.format.model == .yuv {
      format.chromaShiftX = opaque.format.chromaShiftX
      format.chromaShiftY = opaque.format.chromaShiftY
    }
    if opaque.format.model != .rgb || opaque.format.bitDepth != 8 {
      stored = try converted(
        opaque, to: format, width: opaque.width, height: opaque.height, color: .jpeg)
    }
  }
  let planes = stored
  let file = try JPEGCodec.borrow { codec throws(MediaError) in
    if planes.format.model != .rgb,
      let file = try codec.encodePlanes(planes, quality: quality, subject: name)
    {
      return file
    }
    let rgb = try planes.asStored(.rgb, depths: [8])
    return try codec.encode(
      rgb.interleavedRGB, width: rgb.width, height: rgb.height, sampling: .full, quality: quality,
      subject: name)
  }
  return JPEGMarkers.adding(
    picture.metadata, to: file, isGray: planes.format.model == .gray)
}

private func encodeWebP(
  _ picture: Picture, quality: Int?, _ name: String
) throws(MediaError) -> [UInt8] {
  guard max(picture.width, picture.height) <= 16383 else {
    throw MediaError(.write, name, "WebP holds no more than 16383 samples per side")
  }
  guard (0...100).contains(quality ?? 0) else {
    throw MediaError(.use, "quality \(quality ?? 0)", "WebP takes 0 to 100")
  }
  let hasAlpha = picture.format.hasAlpha
  let format =
    quality == nil
    ? AV_PIX_FMT_BGRA : hasAlpha ? AV_PIX_FMT_YUVA420P : AV_PIX_FMT_YUV420P
  let options =
    quality.map { ["lossless": "0", "quality": String($0)] } ?? ["lossless": "1"]
  let file = try encodeWithFFmpeg(picture, "libwebp", format, options, name)
  return WebPChunks.adding(
    picture.metadata, to: file, width: picture.width, height: picture.height, hasAlpha: hasAlpha)
}

/// Encodes a picture as the one packet that is a whole file.
private func encodeWithFFmpeg(
  _ picture: Picture, _ codec: String, _ format: AVPixelFormat, _ options: [String: String],
  _ name: String
) throws(MediaError) -> [UInt8] {
  guard let frame = Frame(picture) else {
    throw MediaError(.encode, name, "its pixel format cannot be encoded")
  }
  let isRGB = PixelFormat(format)?.model == .rgb
  let color = isRGB ? ColorDescription.rgb : ColorDescription(range: .limited, matrix: .bt601)
  let encoder = try StillEncoder(
    codec, format: format, width: picture.width, height: picture.height, options: options, name)
  return try encoder.encode(
    frame.pixelFormat == format
      ? frame
      : Scaler.convert(
        frame, to: format, width: picture.width, height: picture.height, color: color))
}

extension Picture {
  /// The picture in the first of `models` that is its own, else in RGB, and in the smallest of
  /// `depths` that loses nothing if there is one.
  fileprivate func asStored(
    _ models: PixelFormat.Model..., depths: [Int]
  ) throws(MediaError) -> Picture {
    let stored = PixelFormat(
      model: models.contains(format.model) ? format.model : .rgb,
      bitDepth: depths.first { $0 >= format.bitDepth } ?? depths.max() ?? 8,
      hasAlpha: format.hasAlpha)
    var target = color.whenConverted(from: format, to: stored)
    target.range = .full
    return try converted(self, to: stored, width: width, height: height, color: target)
  }

  /// An 8-bit opaque copy, laid over white where it was transparent.
  fileprivate func overWhite() throws(MediaError) -> Picture {
    let source = try asStored(.gray, .rgb, depths: [8])
    guard case .eight(let alpha)? = source.planes.last?.samples else { return self }
    let planes = source.planes.dropLast().map { plane in
      guard case .eight(let samples) = plane.samples else { return plane }
      let laid = zip(samples, alpha).map { sample, alpha -> UInt8 in
        let opacity = Int(alpha)
        return UInt8((Int(sample) * opacity + 255 * (255 - opacity) + 127) / 255)
      }
      return Plane(width: plane.width, height: plane.height, samples: .eight(laid))
    }
    var format = source.format
    format.hasAlpha = false
    return Picture(
      width: width, height: height, format: format, planes: planes, color: source.color,
      sampleAspect: sampleAspect, orientation: orientation, metadata: metadata)
  }
}

extension PixelFormat {
  /// FFmpeg's interleaved format of the same samples, gray or RGB.
  fileprivate var packed: AVPixelFormat {
    switch (model, bitDepth > 8, hasAlpha) {
    case (.gray, false, false): AV_PIX_FMT_GRAY8
    case (.gray, true, false): AV_PIX_FMT_GRAY16LE
    case (.gray, false, true): AV_PIX_FMT_YA8
    case (.gray, true, true): AV_PIX_FMT_YA16LE
    case (_, false, false): AV_PIX_FMT_RGB24
    case (_, true, false): AV_PIX_FMT_RGB48LE
    case (_, false, true): AV_PIX_FMT_RGBA
    case (_, true, true): AV_PIX_FMT_RGBA64LE
    }
  }
}
