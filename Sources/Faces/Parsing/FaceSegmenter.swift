public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// A trained network that tells the regions of faces apart.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct FaceSegmenter: @unchecked Sendable {
  private let network = SegmentationNetwork()
  private let template = FaceTemplate(points: Landmarks(SegmentationNetwork.template.points).five)

  public init(weightsPath path: String) throws(WeightError) {
    try WeightFile(path: path).load(into: network)
  }

  /// How surely each sample of a crop belongs to one of some regions, 0…1; 0 where the crop shows what
  /// the network does not see.
  ///
  /// - Parameters:
  ///   - regions: Taken together.
  ///   - crop: Of the picture.
  ///   - picture: Red, green and blue in 0…1.
  ///   - points: Five points of the face, as ``Face/points``.
  /// - Returns: `nil` if the five points lie in one place.
  public func mask(
    of regions: Set<FaceRegion>, in crop: FaceCrop, picture: Raster, points: [Point]
  ) -> Raster? {
    let side = SegmentationNetwork.side
    guard let map = template.alignment(of: points, size: side) else { return nil }
    let seen = picture.warped(by: map, width: side, height: side, .area)
    let shares = withoutRecording {
      softmax(network(Tensor(seen.values, shape: [1, 3, side, side])), axis: 1).array
    }
    var mask = Raster(width: side, height: side)
    var sums = mask.values
    for region in regions {
      let start = region.rawValue * mask.area
      for place in sums.indices { sums[place] += shares[start + place] }
    }
    mask.values = sums
    return mask.warped(
      by: map.inverse.then(crop.map), width: crop.colors.width, height: crop.colors.height,
      border: .constant(0))
  }
}
