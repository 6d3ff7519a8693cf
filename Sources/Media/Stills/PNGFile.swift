internal import CPNG
internal import MediaTypes

/// A PNG file in memory, being read or written.
///
/// Owns libpng's structures.
final class PNGFile {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private var file = cpng_file()
  private let subject: String

  private init(_ subject: String) {
    self.subject = subject
  }

  deinit {
    cpng_close(&file)
  }

  private func check(_ status: Int32, _ operation: MediaError.Operation) throws(MediaError) {
    guard status != 0 else { return }
    let message = withUnsafeBytes(of: file.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    throw MediaError(operation, subject, message.isEmpty ? "libpng failed" : message)
  }

  // MARK: Reading

  /// Decodes a PNG: gray, gray with alpha, RGB or RGBA of 8 or 16 bits.
  static func read(_ bytes: [UInt8], of subject: String) throws(MediaError) -> Picture {
    try bytes.withUnsafeBufferPointer { buffer throws(MediaError) in
      try PNGFile(subject).read(buffer)
    }
  }

  private func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(MediaError) -> Picture {
    if bytes.count >= 24 {
      let number = { (at: Int) in bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
      try checkPictureSize(number(16), number(20), of: subject)
    }
    try check(
      cpng_open(&file, bytes.baseAddress, bytes.count, UInt32(Decoder.maximumSide)), .decode)
    let (png, info) = (file.png, file.info)
    let (width, height) = (
      Int(png_get_image_width(png, info)), Int(png_get_image_height(png, info))
    )
    let channels = Int(png_get_channels(png, info))
    let depth = Int(png_get_bit_depth(png, info))
    let rowBytes = Int(png_get_rowbytes(png, info))
    let format = PixelFormat(
      model: channels < 3 ? .gray : .rgb, bitDepth: depth, hasAlpha: channels % 2 == 0)
    let storage = UnsafeMutableRawBufferPointer.allocate(
      byteCount: rowBytes * height, alignment: 16)
    defer { storage.deallocate() }
    guard let base = storage.baseAddress else { throw MediaError(.decode, subject, "no rows") }
    var rows: [UnsafeMutablePointer<UInt8>?] = (0..<height).map {
      (base + $0 * rowBytes).assumingMemoryBound(to: UInt8.self)
    }
    try check(cpng_read(&file, &rows), .decode)
    let planes = (0..<channels).map { channel in
      let samples: Plane.Samples =
        depth == 16
        ? .sixteen(deinterleaved(base, channel, of: channels, count: width * height))
        : .eight(deinterleaved(base, channel, of: channels, count: width * height))
      return Plane(width: width, height: height, samples: samples)
    }
    var color = ColorDescription.rgb
    if format.model == .gray { color.matrix = .unspecified }
    return Picture(
      width: width, height: height, format: format, planes: planes, color: color,
      metadata: metadata())
  }

  private func deinterleaved<Sample>(
    _ base: UnsafeMutableRawPointer, _ channel: Int, of channels: Int, count: Int
  ) -> [Sample] {
    let source = base.assumingMemoryBound(to: Sample.self) + channel
    return [Sample](unsafeUninitializedCapacity: count) { target, filled in
      for index in 0..<count {
        target.initializeElement(at: index, to: source[index * channels])
      }
      filled = count
    }
  }

  private func metadata() -> StillMetadata {
    let (png, info) = (file.png, file.info)
    var metadata = StillMetadata()
    var name: UnsafeMutablePointer<CChar>?
    var (profile, exif): (UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?)
    var (compression, size, intent): (Int32, UInt32, Int32) = (0, 0, 0)
    if png_get_iCCP(png, info, &name, &compression, &profile, &size) != 0, let profile {
      metadata.colorProfile = [UInt8](UnsafeBufferPointer(start: profile, count: Int(size)))
    }
    for part in [info, file.end] where metadata.exif == nil {
      if png_get_eXIf_1(png, part, &size, &exif) != 0, let exif {
        metadata.exif = [UInt8](UnsafeBufferPointer(start: exif, count: Int(size)))
      }
    }
    var gamma = 0.0
    if png_get_gAMA(png, info, &gamma) != 0 { metadata.gamma = gamma }
    if png_get_sRGB(png, info, &intent) != 0 { metadata.standardRGBIntent = Int(intent) }
    let (x, y) = (png_get_x_pixels_per_meter(png, info), png_get_y_pixels_per_meter(png, info))
    if x > 0, y > 0 { metadata.resolution = .init(x: Int(x), y: Int(y)) }
    for part in [info, file.end] {
      var entries: UnsafeMutablePointer<png_text>?
      var count: Int32 = 0
      png_get_text(png, part, &entries, &count)
      for index in 0..<Int(count) {
        guard let entry = entries?[index], let key = entry.key, let text = entry.text else {
          continue
        }
        metadata.texts.append(
          .init(keyword: String(cString: key), text: PNGFile.text(entry, text)))
      }
    }
    return metadata
  }

  /// iTXt is UTF-8, the older kinds Latin-1.
  private static func text(_ entry: png_text, _ text: UnsafeMutablePointer<CChar>) -> String {
    if entry.compression >= PNG_ITXT_COMPRESSION_NONE { return String(cString: text) }
    let bytes = UnsafeBufferPointer(start: text, count: Int(entry.text_length))
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar(UInt8(bitPattern: $0)) }))
  }

  // MARK: Writing

  /// Encodes a gray or RGB picture, with or without alpha, of 8 or 16 bits.
  static func write(
    _ picture: Picture, compression: Int, of subject: String
  ) throws(MediaError) -> [UInt8] {
    try PNGFile(subject).write(picture, compression)
  }

  private func write(_ picture: Picture, _ compression: Int) throws(MediaError) -> [UInt8] {
    let channels = picture.format.planeCount
    let isDeep = picture.format.bitDepth > 8
    let type =
      (picture.format.model == .rgb ? PNG_COLOR_MASK_COLOR : 0)
      | (picture.format.hasAlpha ? PNG_COLOR_MASK_ALPHA : 0)
    try check(cpng_create(&file), .write)
    try check(
      cpng_set_header(
        &file, UInt32(picture.width), UInt32(picture.height), isDeep ? 16 : 8, type), .write)
    try set(picture.metadata, isGray: picture.format.model == .gray)
    let rowBytes = picture.width * channels * (isDeep ? 2 : 1)
    let storage = UnsafeMutableRawBufferPointer.allocate(
      byteCount: rowBytes * picture.height, alignment: 16)
    defer { storage.deallocate() }
    guard let base = storage.baseAddress else { throw MediaError(.write, subject, "no rows") }
    for (channel, plane) in picture.planes.enumerated() {
      switch plane.samples {
      case .eight(let samples): interleave(samples, base, channel, of: channels)
      case .sixteen(let samples): interleave(samples, base, channel, of: channels)
      }
    }
    var rows: [UnsafeMutablePointer<UInt8>?] = (0..<picture.height).map {
      (base + $0 * rowBytes).assumingMemoryBound(to: UInt8.self)
    }
    try check(cpng_write(&file, &rows, Int32(compression)), .write)
    return [UInt8](UnsafeBufferPointer(start: file.output, count: file.output_size))
  }

  private func interleave<Sample>(
    _ samples: [Sample], _ base: UnsafeMutableRawPointer, _ channel: Int, of channels: Int
  ) {
    let target = base.assumingMemoryBound(to: Sample.self) + channel
    samples.withUnsafeBufferPointer { source in
      for index in 0..<source.count { target[index * channels] = source[index] }
    }
  }

  /// What libpng refuses of it, such as a profile of the wrong kind, is left out.
  private func set(_ metadata: StillMetadata, isGray: Bool) throws(MediaError) {
    if let profile = metadata.colorProfile, profile.isColorProfile(gray: isGray) {
      _ = cpng_set_profile(&file, profile, UInt32(profile.count))
    }
    if var exif = metadata.exif { _ = cpng_set_exif(&file, &exif, UInt32(exif.count)) }
    let resolution = metadata.resolution
    _ = cpng_set_colors(
      &file, metadata.gamma ?? 0, Int32(metadata.standardRGBIntent ?? -1),
      UInt32(resolution?.x ?? 0), UInt32(resolution?.y ?? 0))
    for text in metadata.texts {
      var keyword = text.keyword.utf8CString.map { $0 }
      var content = text.text.utf8CString.map { $0 }
      _ = cpng_add_text(&file, &keyword, &content)
    }
  }
}

extension [UInt8] {
  /// Whether an ICC profile's header says that it is for gray, or else for RGB samples.
  func isColorProfile(gray: Bool) -> Bool {
    count >= 132 && self[16..<20].elementsEqual((gray ? "GRAY" : "RGB ").utf8)
  }
}
