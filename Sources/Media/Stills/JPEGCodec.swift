internal import CJPEG
internal import MediaTypes
internal import Synchronization

/// libjpeg-turbo's decoder and encoder, kept for reuse: setting them up costs more than a small
/// picture does.
///
/// TurboJPEG catches libjpeg's longjmp itself.
final class JPEGCodec {
  private let decoder: tjhandle
  private let encoder: tjhandle

  private init() {
    guard let decoder = tjInitDecompress(), let encoder = tjInitCompress() else {
      fatalError("out of memory")
    }
    self.decoder = decoder
    self.encoder = encoder
  }

  deinit {
    tjDestroy(decoder)
    tjDestroy(encoder)
  }

  private static let idle = Mutex(Idle())

  private struct Idle: @unchecked Sendable {  // a codec belongs to whoever took it out
    var codecs: [JPEGCodec] = []
  }

  /// Lends a codec that nobody else uses meanwhile.
  static func borrow<Result>(
    _ body: (JPEGCodec) throws(MediaError) -> Result
  ) throws(MediaError) -> Result {
    let codec =
      idle.withLock { Idle(codecs: $0.codecs.popLast().map { [$0] } ?? []) }.codecs.first
      ?? JPEGCodec()
    // After an error libjpeg is left in the middle of a file: such a codec is not used again.
    let result = try body(codec)
    let returned = Idle(codecs: [codec])
    idle.withLock { $0.codecs += returned.codecs }
    return result
  }

  // MARK: Decoding

  /// Decodes to the planes that the file holds: gray, or YUV in JFIF's colours.
  ///
  /// RGB and CMYK files, and those with odd subsampling, become RGB.
  func decode(_ bytes: [UInt8], of subject: String) throws(MediaError) -> Picture {
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    let status = tjDecompressHeader3(
      decoder, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    try check(status, decoder, .decode, subject)
    try checkPictureSize(Int(width), Int(height), of: subject)
    let format = PixelFormat(sampling: sampling)
    if let format, space == TJCS_YCbCr.rawValue || space == TJCS_GRAY.rawValue {
      return try decodePlanes(bytes, Int(width), Int(height), format, subject)
    }
    guard space != TJCS_CMYK.rawValue, space != TJCS_YCCK.rawValue else {
      throw MediaError(.decode, subject, "CMYK pictures, made for printing, are not read")
    }
    var pixels = [UInt8](repeating: 0, count: 3 * Int(width) * Int(height))
    try check(
      tjDecompress2(
        decoder, bytes, UInt(bytes.count), &pixels, width, 0, height, TJPF_RGB.rawValue,
        TJFLAG_ACCURATEDCT), decoder, .decode, subject)
    return Picture(rgbWidth: Int(width), height: Int(height), bytes: pixels)
  }

  private func decodePlanes(
    _ bytes: [UInt8], _ width: Int, _ height: Int, _ format: PixelFormat, _ subject: String
  ) throws(MediaError) -> Picture {
    let padded = JPEGPlanes(width, height, format)
    var strides = padded.strides
    var pointers = padded.pointers
    try check(
      tjDecompressToYUVPlanes(
        decoder, bytes, UInt(bytes.count), &pointers, 0, &strides, 0, TJFLAG_ACCURATEDCT),
      decoder, .decode, subject)
    return Picture(
      width: width, height: height, format: format, planes: padded.planes(),
      color: format.model == .gray
        ? ColorDescription(range: .full, matrix: .unspecified) : .jpeg)
  }

  /// Decodes to interleaved RGB, as viewers do, with smooth chroma.
  func decodeRGB(
    _ bytes: [UInt8], width: Int, height: Int, subject: String
  ) throws(MediaError) -> [UInt8] {
    var pixels = [UInt8](repeating: 0, count: 3 * width * height)
    try check(
      tjDecompress2(
        decoder, bytes, UInt(bytes.count), &pixels, Int32(width), 0, Int32(height),
        TJPF_RGB.rawValue, TJFLAG_ACCURATEDCT), decoder, .decode, subject)
    return pixels
  }

  // MARK: Encoding

  /// Encodes interleaved RGB (or gray) bytes at libjpeg's `quality`, 1 to 100.
  func encode(
    _ pixels: [UInt8], isGray: Bool = false, width: Int, height: Int, sampling: TJSAMP,
    quality: Int, subject: String
  ) throws(MediaError) -> [UInt8] {
    var (buffer, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
    defer { tjFree(buffer) }
    try check(
      tjCompress2(
        encoder, pixels, Int32(width), 0, Int32(height),
        isGray ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue, &buffer, &size,
        Int32(isGray ? TJSAMP_GRAY.rawValue : sampling.rawValue), Int32(quality),
        TJFLAG_ACCURATEDCT), encoder, .encode, subject)
    return [UInt8](UnsafeBufferPointer(start: buffer, count: Int(size)))
  }

  /// Encodes 8-bit planes as they are; `nil` if JPEG has no such subsampling.
  func encodePlanes(
    _ picture: Picture, quality: Int, subject: String
  ) throws(MediaError) -> [UInt8]? {
    guard let sampling = picture.format.sampling else { return nil }
    let padded = JPEGPlanes(picture.width, picture.height, picture.format)
    padded.fill(picture.planes)
    var strides = padded.strides
    var pointers = padded.pointers.map { UnsafePointer($0) }
    var (buffer, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
    defer { tjFree(buffer) }
    try check(
      tjCompressFromYUVPlanes(
        encoder, &pointers, Int32(picture.width), &strides, Int32(picture.height),
        Int32(sampling.rawValue), &buffer, &size, Int32(quality), TJFLAG_ACCURATEDCT),
      encoder, .encode, subject)
    return [UInt8](UnsafeBufferPointer(start: buffer, count: Int(size)))
  }

  /// Passes success and warnings that concern no samples.
  private func check(
    _ status: Int32, _ handle: tjhandle, _ operation: MediaError.Operation, _ subject: String
  ) throws(MediaError) {
    guard status != 0 else { return }
    let message = String(cString: tjGetErrorStr2(handle))
    let isHarmless = ["extraneous bytes", "Invalid SOS parameters", "thumbnail"]
      .contains { message.contains($0) }
    if tjGetErrorCode(handle) == TJERR_WARNING.rawValue, isHarmless { return }
    throw MediaError(operation, subject, message)
  }
}

extension PixelFormat {
  fileprivate init?(sampling: Int32) {
    switch TJSAMP(UInt32(bitPattern: sampling)) {
    case TJSAMP_GRAY: self = .gray8
    case TJSAMP_444: self = .yuv444
    case TJSAMP_422: self = .yuv422
    case TJSAMP_420: self = .yuv420
    case TJSAMP_440: self.init(model: .yuv, chromaShiftY: 1)
    case TJSAMP_411: self.init(model: .yuv, chromaShiftX: 2)
    default: return nil
    }
  }

  fileprivate var sampling: TJSAMP? {
    guard bitDepth == 8, !hasAlpha else { return nil }
    return switch (model, chromaShiftX, chromaShiftY) {
    case (.gray, _, _): TJSAMP_GRAY
    case (.yuv, 0, 0): TJSAMP_444
    case (.yuv, 1, 0): TJSAMP_422
    case (.yuv, 1, 1): TJSAMP_420
    case (.yuv, 0, 1): TJSAMP_440
    case (.yuv, 2, 0): TJSAMP_411
    default: nil
    }
  }
}
