internal import CFFmpeg
internal import CJPEG
public import MediaTypes

/// What is left of a picture after being a JPEG file of libjpeg's `quality`, 1 to 100.
///
/// RGB is subsampled 4:2:0 and comes back smoothly upsampled, as by most programs; gray and JFIF
/// YUV keep their own planes; other formats go by way of RGB.
public func jpegRoundTrip(_ picture: Picture, quality: Int) throws(MediaError) -> Picture {
  let name = "a picture in memory"
  guard (1...100).contains(quality) else {
    throw MediaError(.use, "quality \(quality)", "JPEG takes 1 to 100")
  }
  if picture.format.model != .rgb, picture.format.bitDepth == 8, picture.color.range == .full {
    let planes = try JPEGCodec.borrow { codec throws(MediaError) -> [Plane]? in
      guard let file = try codec.encodePlanes(picture, quality: quality, subject: name) else {
        return nil
      }
      return try codec.decode(file, of: name).planes
    }
    if let planes {
      var result = picture
      result.planes = planes
      return result
    }
  }
  let (width, height) = (picture.width, picture.height)
  let rgb = try converted(picture, to: .rgb8, width: width, height: height)
  let bytes = try JPEGCodec.borrow { codec throws(MediaError) in
    let file = try codec.encode(
      rgb.interleavedRGB, width: width, height: height, sampling: TJSAMP_420, quality: quality,
      subject: name)
    return try codec.decodeRGB(file, width: width, height: height, subject: name)
  }
  let result = Picture(rgbWidth: width, height: height, bytes: bytes)
  return try converted(
    result, to: picture.format, width: width, height: height, color: picture.color)
}

extension TJSAMP {
  static var full: TJSAMP { TJSAMP_444 }
}

/// What is left of a clip after being H.264 of the constant rate factor `crf`, 0 to 51.
///
/// All pictures must be alike in size and format; they come back so. Their own subsampling is
/// kept if H.264 has it; RGB becomes 4:2:0 for the while (4:4:4 if its size is odd).
public func h264RoundTrip(
  _ pictures: [Picture], crf: Int, preset: String = "veryfast"
) throws(MediaError) -> [Picture] {
  guard let first = pictures.first else { return [] }
  let name = "pictures in memory"
  let video = VideoDescription(
    width: first.width, height: first.height, format: first.format, color: first.color,
    frameRate: Rational(25, 1))
  let choice = try VideoEncoderChoice(
    VideoSettings(codec: "libx264", quality: crf, preset: preset),
    for: try Container(path: "x.mp4"), at: name)
  let encoder = try VideoEncoder(
    choice, for: video, hasFreeTimes: true, wantsGlobalHeader: false, threads: 1, subject: name)
  let decoder = try Decoder(AV_CODEC_ID_H264, of: name)
  var results: [Picture] = []
  func decode(_ packet: Packet?) throws(MediaError) {
    _ = decoder.send(packet)
    while case .frame(let frame) = decoder.receive() {
      guard let decoded = Picture(frame), results.count < pictures.count else { continue }
      let original = pictures[results.count]
      var result = try converted(
        decoded, to: first.format, width: first.width, height: first.height, color: first.color)
      result.timestamp = original.timestamp
      result.duration = original.duration
      result.sampleAspect = original.sampleAspect
      result.orientation = original.orientation
      results.append(result)
    }
  }
  for (index, picture) in pictures.enumerated() {
    try encoder.send(
      picture, at: Timestamp(value: Int64(index), base: Rational(1, 25)), duration: nil)
    while let packet = try encoder.receive() { try decode(packet) }
  }
  try encoder.finish()
  while let packet = try encoder.receive() { try decode(packet) }
  try decode(nil)
  guard results.count == pictures.count else {
    throw MediaError(.decode, name, "\(results.count) of \(pictures.count) came back")
  }
  return results
}
