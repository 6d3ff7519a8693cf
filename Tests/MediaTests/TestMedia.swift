import Foundation
import Media
import MediaTypes
import Testing

/// A folder of its own for one test, removed with the value's last user.
final class Folder {
  let path: String

  init() throws {
    let name = "media-tests-" + UUID().uuidString
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// A new file of these bytes.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

func bytes(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// A bright square that moves over a gradient, different in each plane.
func movingSquare(
  _ index: Int, width: Int = 64, height: Int = 48, format: PixelFormat = .yuv420,
  color: ColorDescription = .unspecifiedVideo
) -> Picture {
  let maximum = format.maximum
  let planes = (0..<format.planeCount).map { plane -> Plane in
    let size = format.planeSize(plane, width: width, height: height)
    let step = max(size.width / 16, 1)
    let square = (index * step) % max(size.width - 4, 1)
    let values = (0..<size.width * size.height).map { at -> Int in
      let (x, y) = (at % size.width, at / size.width)
      if (square..<square + size.width / 4).contains(x), y > size.height / 3 {
        return maximum * (3 - plane % 3) / 4
      }
      return maximum / 4 + (x + (plane + 1) * y) * maximum / 4 / (size.width + 4 * size.height)
    }
    return Plane(
      width: size.width, height: size.height,
      samples: format.bitDepth > 8
        ? .sixteen(values.map { UInt16($0) }) : .eight(values.map { UInt8($0) }))
  }
  return Picture(width: width, height: height, format: format, planes: planes, color: color)
}

/// Writes moving squares shown at `ticks` of `video.timeBase`.
func writeClip(
  _ path: String, _ video: VideoDescription, ticks: [Int64],
  settings: VideoSettings = VideoSettings(threads: 1)
) throws {
  let writer = try MediaWriter(path: path, video: video, settings: settings)
  for (index, tick) in ticks.enumerated() {
    var picture = movingSquare(
      index, width: video.width, height: video.height, format: video.format, color: video.color)
    picture.timestamp = Timestamp(value: tick, base: video.timeBase)
    if index + 1 < ticks.count {
      picture.duration = Timestamp(value: ticks[index + 1] - tick, base: video.timeBase)
    }
    picture.interlacing = video.interlacing
    try writer.write(picture)
  }
  try writer.finish()
}

/// A short clip of the standard kind.
func writeClip(_ path: String, frames: Int = 10, width: Int = 64, height: Int = 48) throws {
  try writeClip(
    path, VideoDescription(width: width, height: height, frameRate: Rational(25, 1)),
    ticks: (0..<Int64(frames)).map { $0 })
}

/// Reads to the end.
func items(of path: String) throws -> (reader: MediaReader, pictures: [Picture], packets: [Packet])
{
  let reader = try MediaReader(path: path)
  var (pictures, packets): ([Picture], [Packet]) = ([], [])
  while let item = try reader.next() {
    switch item {
    case .picture(let picture): pictures.append(picture)
    case .packet(let packet): packets.append(packet)
    }
  }
  return (reader, pictures, packets)
}

/// Writes all of `source` to `target` with its main video encoded anew.
@discardableResult
func rewrite(
  _ source: String, to target: String, settings: VideoSettings = VideoSettings(threads: 1)
) throws -> MediaWriter {
  let reader = try MediaReader(path: source)
  let writer = try MediaWriter(path: target, like: reader, settings: settings)
  while let item = try reader.next() { try writer.write(item) }
  try writer.finish()
  return writer
}

/// Peak signal-to-noise ratio over all planes, in decibels.
func psnr(_ a: Picture, _ b: Picture) -> Double {
  var (sum, count) = (0.0, 0)
  for (left, right) in zip(a.planes, b.planes) {
    for (l, r) in zip(left.values, right.values) { sum += Double((l - r) * (l - r)) }
    count += left.samples.count
  }
  let peak = Double(a.format.maximum)
  return sum == 0 ? .infinity : 10 * log10(peak * peak * Double(count) / sum)
}

extension Plane {
  var values: [Int] {
    switch samples {
    case .eight(let samples): samples.map(Int.init)
    case .sixteen(let samples): samples.map(Int.init)
    }
  }
}

/// What `body` complains of, in words.
func complaint(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing"
  } catch {
    return "\(error)"
  }
}

/// The `ffmpeg` and `ffprobe` programs, which make and judge files independently of this library.
enum Tool {
  static let exists = ["ffmpeg", "ffprobe"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
  }

  @discardableResult
  static func run(_ name: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/" + name)
    process.arguments = ["-v", "error"] + (name == "ffmpeg" ? ["-y", "-nostdin"] : []) + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(name) \(arguments)")
    return String(decoding: data, as: UTF8.self)
  }
}
