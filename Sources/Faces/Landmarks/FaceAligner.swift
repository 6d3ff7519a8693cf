public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// Finds 68 points in faces by the large network of face-alignment.
public struct FaceAligner {
  private let network: FaceAlignmentNetwork

  init(network: FaceAlignmentNetwork) { self.network = network }

  /// - Parameter path: `2DFAN4-11f355bf06.pth.tar`, or another file of the same arrays.
  public init(weightsPath path: String) throws(WeightError) {
    let (arrays, _) = FaceAlignmentNetwork.renaming.renamed(try Checkpoint(path: path).arrays)
    self.init(network: FaceAlignmentNetwork())
    try network.load(arrays, from: path)
  }

  /// The points of the face in a box, such as ``S3FD`` gives.
  ///
  /// As the original, but for its crops, which begin at whole samples.
  ///
  /// - Parameter picture: Red, green and blue in 0…1.
  public func landmarks(in picture: Raster, box: FaceBox) -> Landmarks {
    let map = Self.crop(box)
    let crop = picture.warped(by: map, width: 256, height: 256, .area, border: .constant(0))
    let heat = withoutRecording { network(Tensor(crop.values, shape: [1, 3, 256, 256])) }
    let back = map.inverse
    return Landmarks(
      peaks(of: heat).map { back(Point(x: 4 * $0.x - 0.5, y: 4 * $0.y - 0.5)) })
  }

  /// From the picture to a crop of 256 × 256 around a box.
  static func crop(_ box: FaceBox) -> AffineMap {
    let side = 200 * (box.width + box.height) / 195
    let center = box.center - Point(x: 0, y: 0.12 * box.height)
    let scale = 256 / max(1, side)
    return AffineMap(
      xx: scale, xy: 0, dx: 127.5 - scale * center.x, yx: 0, yy: scale,
      dy: 127.5 - scale * center.y)
  }
}

/// The place of the largest value of each map of the first picture, from the map's edges, moved by a
/// quarter towards the larger neighbour.
func peaks(of heat: Tensor) -> [Point] {
  let (height, width) = (heat.shape[2], heat.shape[3])
  let values = heat.array
  return (0..<heat.shape[1]).map { map in
    let start = map * height * width
    func value(_ x: Int, _ y: Int) -> Float { values[start + y * width + x] }
    var best = 0
    for place in 1..<height * width where values[start + place] > values[start + best] {
      best = place
    }
    let (x, y) = (best % width, best / width)
    var peak = Point(x: Double(x) + 0.5, y: Double(y) + 0.5)
    guard x > 0, y > 0, x < width - 1, y < height - 1 else { return peak }
    func step(_ before: Float, _ after: Float) -> Double {
      after > before ? 0.25 : after < before ? -0.25 : 0
    }
    peak.x += step(value(x - 1, y), value(x + 1, y))
    peak.y += step(value(x, y - 1), value(x, y + 1))
    return peak
  }
}
