internal import Faces
internal import Imaging

/// How far the samples of a face's crop are changed.
enum FaceMaskKind: String, CaseIterable, Sendable {
  /// Within an oval; needs nothing but the detector's five points.
  case oval
  /// Within the hull of 68 points, which `landmarks68` finds.
  case landmarks
  /// Where our own network sees skin, eyes, nose and mouth: hair before a face stays.
  case parsing
  /// Where a BiSeNet sees skin, brows, eyes, nose and mouth: hair and hands before a face stay.
  case bisenet

  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no mask of this name.
  init(asked name: String) throws(PipelineError) {
    guard let known = FaceMaskKind(rawValue: name) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw .wrongUse("there is no mask \(name), only \(names)")
    }
    self = known
  }
}

/// Makes the masks of faces, steady from frame to frame.
struct FaceMasks: Sendable {
  private enum Source: Sendable {
    case oval
    case landmarks(LandmarkFinder)
    case parsing(FaceSegmenter)
    case bisenet(FaceParser)
  }

  /// As face-parsing.PyTorch's weights are published.
  private static let parserFile = "79999_iter.pth"
  /// In seconds: what masks from parsing are smoothed over.
  private static let memory = 0.12

  private let source: Source
  private var smoothers: [Int: PointSmoother] = [:]
  private var masks: [Int: Raster] = [:]

  /// - Throws: ``PipelineError`` or `WeightError` if the weights that a kind needs cannot be read.
  init(_ kind: FaceMaskKind, in store: ModelStore) throws {
    source =
      switch kind {
      case .oval: .oval
      case .landmarks:
        .landmarks(try LandmarkFinder(weightsPath: store.weightsPath(named: "landmarks68")))
      case .parsing:
        .parsing(try FaceSegmenter(weightsPath: store.weightsPath(named: "faceparser")))
      case .bisenet: .bisenet(try FaceParser(weightsPath: store.path(of: Self.parserFile)))
      }
  }

  /// The mask of a face, as large as its crop; 0 at the crop's edges.
  ///
  /// - Parameters:
  ///   - colors: The frame that the crop is of.
  ///   - interval: Seconds since the frame before.
  mutating func mask(
    of face: TrackedFace, _ crop: FaceCrop, in colors: Raster, interval: Double
  ) -> Raster {
    let oval = Self.oval(of: face.face, side: crop.colors.width)
    switch source {
    case .oval: return oval
    case .landmarks(let finder):
      guard let found = finder.landmarks(in: colors, points: face.face.points, feeds: 4) else {
        return oval
      }
      let points = smoothers[face.identity, default: PointSmoother()](
        found.points, size: face.face.box.width, interval: interval)
      return crop.mask(of: Landmarks(points), softness: 0.2)
    case .parsing(let segmenter):
      let found = segmenter.mask(
        of: FaceRegion.face, in: crop, picture: colors, points: face.face.points)
      return found.map { steady($0, of: face.identity, interval: interval) } ?? oval
    case .bisenet(let parser):
      return steady(
        parser.mask(of: FacePart.face, in: crop.colors), of: face.identity, interval: interval)
    }
  }

  /// What a network found, feathered and smoothed over time.
  private mutating func steady(_ found: Raster, of identity: Int, interval: Double) -> Raster {
    let soft = found.feathered(erosion: found.width / 24, blur: Double(found.width) / 48)
    let mask = masks[identity]?.approaching(soft, memory: Self.memory, interval: interval) ?? soft
    masks[identity] = mask
    return mask
  }

  /// A soft oval, narrower on the side that a turned face hides; 0 at the crop's edges.
  static func oval(of face: Face, side: Int) -> Raster {
    // In profile the nose is about 0.6 eye distances beside the middle between the eyes.
    let turn = max(-1, min(1, face.turn / 0.6))
    let left = Float(0.45 - 0.25 * max(0, -turn))
    let right = Float(0.45 - 0.25 * max(0, turn))
    let (height, softness): (Float, Float) = (0.48, 0.45)
    var mask = Raster(width: side, height: side)
    for y in 0..<side {
      let v = ((Float(y) + 0.5) / Float(side) - 0.5) / height
      for x in 0..<side {
        let place = (Float(x) + 0.5) / Float(side) - 0.5
        let u = place / (place < 0 ? left : right)
        let depth = max(0, min(1, (1 - (u * u + v * v).squareRoot()) / softness))
        mask[x, y] = depth * depth * (3 - 2 * depth)
      }
    }
    return mask
  }

  /// Forgets the faces that are not followed any more.
  mutating func keep(_ identities: Set<Int>) {
    smoothers = smoothers.filter { identities.contains($0.key) }
    masks = masks.filter { identities.contains($0.key) }
  }
}
