import Foundation
import Imaging
import Media
import MediaTypes
import QRSteganography
import Testing

@testable import Pipelines

/// A folder with weights that hide something that nobody can read, and media to hide it in.
private final class Workshop: Sendable {
  let path: String
  var models: ModelStore { ModelStore(folders: [path]) }

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("palimpsest-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try writeStill(Self.frame(0), to: file("still.png"))
    var options = StegoTrainingOptions(data: [file("still.png")], run: .init(output: path))
    options.run.minutes = 0
    try trainStego(options) { _ in }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// A slope whose brightness depends on the scene.
  static func frame(_ index: Int, scene: Int = 0) -> Picture {
    var bytes: [UInt8] = []
    for y in 0..<96 {
      for x in 0..<128 {
        let value = UInt8(40 + 60 * scene + (x + y + index) % 64)
        bytes += [value, value + 10, value + 20]
      }
    }
    return Picture(rgbWidth: 128, height: 96, bytes: bytes)
  }

  /// A lossless film.
  func writeFilm(_ name: String, frames: Int) throws {
    let video = VideoDescription(
      width: 128, height: 96, format: .rgb8, color: .rgb, frameRate: Rational(25, 1))
    let writer = try MediaWriter(
      path: file(name), video: video, settings: VideoSettings(codec: "ffv1"))
    for index in 0..<frames {
      var picture = Self.frame(index)
      picture.timestamp = Timestamp(value: Int64(index), base: Rational(1, 25))
      try writer.write(picture)
    }
    try writer.finish()
  }

  func pictures(of name: String) throws -> [Picture] {
    let reader = try MediaReader(path: file(name))
    var pictures: [Picture] = []
    while let item = try reader.next() {
      if case .picture(let picture) = item { pictures.append(picture) }
    }
    return pictures
  }

  var options: EmbeddingOptions {
    var options = EmbeddingOptions()
    options.model = "dense-fast"
    return options
  }
}

struct EmbeddingTests {
  private let shop: Workshop

  init() throws {
    shop = try Workshop()
  }

  @Test func `the PSNR told is that of the file written`() async throws {
    let result = try await embed(
      shop.file("still.png"), to: shop.file("marked.png"), options: shop.options,
      models: shop.models)
    let cover = try readStill(path: shop.file("still.png"))
    let marked = try readStill(path: shop.file("marked.png"))
    #expect(abs(result.psnr - peakSignalToNoiseRatio(cover, marked)) < 1e-9)
    #expect(result.psnr < 70)
  }

  @Test func `every frame of a film is changed and keeps its time`() async throws {
    try shop.writeFilm("film.mkv", frames: 10)
    var options = shop.options
    options.codec = "ffv1"
    let seen = Counter()
    let result = try await embed(
      shop.file("film.mkv"), to: shop.file("marked.mkv"), options: options, models: shop.models
    ) { seen.record($0.framesDone) }
    #expect(result.frames == 10)
    #expect(seen.values == Array(1...10))
    let (covers, marked) = (
      try shop.pictures(of: "film.mkv"), try shop.pictures(of: "marked.mkv")
    )
    #expect(marked.count == 10)
    #expect(marked.map(\.timestamp) == covers.map(\.timestamp))
    let differences = zip(covers, marked).map { meanSquaredDifference($0, $1) }
    #expect(differences.allSatisfy { $0 > 0 })
    let mean = differences.reduce(0, +) / 10
    #expect(abs(result.psnr - peakSignalToNoiseRatio(meanSquaredDifference: mean)) < 1e-6)
  }

  @Test func `a cancelled film leaves nothing`() async throws {
    try shop.writeFilm("film.mkv", frames: 400)
    let before = try FileManager.default.contentsOfDirectory(atPath: shop.path).sorted()
    let shop = shop
    let task = Task {
      try await embed(
        shop.file("film.mkv"), to: shop.file("marked.mkv"), options: shop.options,
        models: shop.models)
    }
    try await Task.sleep(for: .milliseconds(300))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: shop.path).sorted() == before)
  }

  @Test func `the network looks again after its interval and at a cut`() throws {
    let model = try shop.models.model(.denseFast, weights: nil)
    var marker = ClipMarker(
      model: model, code: try QRCode(text: "cut"),
      policy: MarkingPolicy(interval: 4, change: 0.04))
    var counts: [Int] = []
    for index in 0..<9 {
      _ = marker.mark(Synthetic(Workshop.frame(0, scene: index < 6 ? 0 : 1)))
      counts.append(marker.residualCount)
    }
    // Anew at 0, at 4 for its age, at 6 for the cut.
    #expect(counts == [1, 1, 1, 1, 2, 2, 3, 3, 3])
  }
}

/// Numbers in the order in which they were told.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var numbers: [Int] = []

  func record(_ number: Int) { lock.withLock { numbers.append(number) } }
  var values: [Int] { lock.withLock { numbers } }
}
