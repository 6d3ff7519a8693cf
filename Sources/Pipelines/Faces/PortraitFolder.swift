internal import Faces
internal import Imaging
internal import Media

/// Portraits with a picture each that colours their regions, as FASSEG comes: `NAME_RGB_N` and
/// `NAME_Labels_N`.
struct PortraitFolder {
  /// Of all but the held ones.
  let samples: [SegmentationSample]
  /// The last fifth, in the order of their numbers.
  let held: [SegmentationSample]
  /// Portraits without labels of their size or without a face.
  let failures: Int

  /// What each region is coloured.
  private static let colors: [(region: FaceRegion, red: Float, green: Float, blue: Float)] = [
    (.background, 1, 0, 0), (.skin, 1, 1, 0), (.hair, 127 / 255, 0, 0), (.nose, 0, 1, 1),
    (.mouth, 0, 1, 0), (.eyes, 0, 0, 1),
  ]

  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if no portrait of the folder can be used.
  init(_ path: String, detector: MTCNN) throws {
    let stills = try MediaFolder([path]).stills
    let portraits = stills.filter { $0.contains("_RGB_") }
      .sorted { ($0.count, $0) < ($1.count, $1) }
    let found = portraits.compactMap { portrait -> SegmentationSample? in
      let stem = portrait.replacing("_RGB_", with: "_Labels_").split(separator: ".").dropLast()
      let prefix = stem.joined(separator: ".") + "."
      guard let labels = stills.first(where: { $0.hasSuffix(".png") && $0.hasPrefix(prefix) })
      else { return nil }
      return try? Self.sample(portrait, labels, detector)
    }
    let kept = found.count - found.count / 5
    samples = Array(found.prefix(kept))
    held = Array(found.dropFirst(kept))
    failures = portraits.count - found.count
    guard !samples.isEmpty else {
      throw PipelineError.unreadable(
        path: path,
        reason: "it holds no portraits _RGB_ with labels _Labels_ in which a face is found")
    }
  }

  private static func sample(
    _ portrait: String, _ labels: String, _ detector: MTCNN
  ) throws -> SegmentationSample? {
    let picture = Raster(rgb: try readStill(path: portrait))
    let colored = Raster(rgb: try readStill(path: labels))
    guard (picture.width, picture.height) == (colored.width, colored.height),
      let face = detector.faces(in: picture).max(by: { $0.box.width < $1.box.width })
    else { return nil }
    let area = colored.area
    return SegmentationSample(
      picture, points: face.points,
      regions: (0..<area).map { place in
        region(
          colored.values[place], colored.values[area + place], colored.values[2 * area + place])
      })
  }

  /// The region of the nearest colour; edges are blends of two colours.
  private static func region(_ red: Float, _ green: Float, _ blue: Float) -> FaceRegion? {
    func distance(_ color: (region: FaceRegion, red: Float, green: Float, blue: Float)) -> Float {
      abs(color.red - red) + abs(color.green - green) + abs(color.blue - blue)
    }
    let nearest = colors.min { distance($0) < distance($1) }
    return nearest.flatMap { distance($0) < 0.3 ? $0.region : nil }
  }
}
