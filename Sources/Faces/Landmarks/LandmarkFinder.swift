public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// A trained network that finds 68 points in faces.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct LandmarkFinder: @unchecked Sendable {
  private let network = LandmarkNetwork()
  private let five: FaceTemplate

  public init(weightsPath path: String) throws(WeightError) {
    five = FaceTemplate(points: Landmarks(LandmarkNetwork.template.points).five)
    try WeightFile(path: path).load(into: network)
  }

  /// The points of a face.
  ///
  /// - Parameters:
  ///   - picture: Red, green and blue in 0…1.
  ///   - points: Five points, as ``Face/points``.
  ///   - feeds: How many crops, each a little different, the points are the mean of: the more, the
  ///     steadier over frames.
  /// - Returns: `nil` if the five points lie in one place.
  public func landmarks(in picture: Raster, points: [Point], feeds: Int = 1) -> Landmarks? {
    guard let first = five.alignment(of: points, size: LandmarkNetwork.side) else { return nil }
    let maps = (0..<max(1, feeds)).map { first.then(Self.change($0)) }
    let found = withoutRecording { () -> [Landmarks] in
      let side = LandmarkNetwork.side
      let crops = maps.flatMap { map in
        picture.warped(by: map, width: side, height: side, .area).values
      }
      let places = network(Tensor(crops, shape: [maps.count, 3, side, side])).array
      return maps.enumerated().map { index, map in
        LandmarkNetwork.landmarks(places[136 * index..<136 * (index + 1)])
          .mapped(by: map.inverse)
      }
    }
    return Landmarks((0..<68).map { point in found.map { $0.points[point] }.mean })
  }

  /// How crop `index` differs from the first: turned, scaled and shifted about its middle.
  private static func change(_ index: Int) -> AffineMap {
    guard index > 0 else { return .identity }
    // Steps of the golden ratio and its kin spread over their range for any number of crops.
    func spread(_ ratio: Double) -> Double {
      let place = Double(index) * ratio
      return 2 * (place - place.rounded(.down)) - 1
    }
    let scale = 1 + 0.05 * spread(0.618_034)
    let middle = Double(LandmarkNetwork.side - 1) / 2
    return AffineMap.translation(x: -middle, y: -middle)
      .then(.rotation(radians: 0.08 * spread(0.754_878)))
      .then(.scale(x: scale, y: scale))
      .then(
        .translation(
          x: middle + 1.5 * spread(0.569_840), y: middle + 1.5 * spread(0.819_173)))
  }
}
