internal import Foundation
public import Imaging
internal import Neural

/// A face whose regions are known, in part or altogether, cut out with room around it, for training.
public struct SegmentationSample: Sendable {
  /// The side of the kept part, in samples, and the share of it that becomes a crop.
  private static let side = 128
  private static let share = 0.75
  private static let recolor = Recoloring(
    grayShare: 0.15, blurShare: 0.3, gamma: 0.4, gain: 0.15, lift: 0.08)

  /// Red, green and blue, as bytes, since there are many samples.
  private let bytes: [UInt8]
  /// Raw values of ``FaceRegion``, or ``unknown``.
  private let labels: [UInt8]
  private static let unknown: UInt8 = 255

  /// - Parameters:
  ///   - picture: Red, green and blue in 0…1.
  ///   - points: Five points of the face, as ``Face/points``.
  ///   - regions: Of each sample of the picture, row by row; `nil` where it is not known.
  /// - Returns: `nil` if the five points lie in one place.
  public init?(_ picture: Raster, points: [Point], regions: [FaceRegion?]) {
    precondition(
      regions.count == picture.area, "\(regions.count) regions for \(picture.area) samples")
    let wide = FaceTemplate(
      points: SegmentationNetwork.template.points.map {
        Point(x: 0.5 + Self.share * ($0.x - 0.5), y: 0.5 + Self.share * ($0.y - 0.5))
      })
    let template = FaceTemplate(points: Landmarks(wide.points).five)
    guard let map = template.alignment(of: points, size: Self.side) else { return nil }
    let kept = picture.warped(
      by: map, width: Self.side, height: Self.side, .area, border: .replicate)
    bytes = kept.values.map { UInt8(max(0, min(255, (255 * $0).rounded()))) }
    let back = map.inverse
    labels = (0..<Self.side * Self.side).map { place in
      let there = back(Point(x: Double(place % Self.side), y: Double(place / Self.side)))
      let (x, y) = (Int(there.x.rounded()), Int(there.y.rounded()))
      guard 0..<picture.width ~= x, 0..<picture.height ~= y else { return Self.unknown }
      return regions[y * picture.width + x].map { UInt8($0.rawValue) } ?? Self.unknown
    }
  }

  /// A face of which 68 points are known: skin within their hull up to the brows, eyes and mouth within
  /// theirs; the nose, all edges and all around are not known.
  ///
  /// - Parameter landmarks: In the picture.
  /// - Returns: `nil` if the points make no face.
  public init?(_ picture: Raster, landmarks: Landmarks) {
    let points = landmarks.points
    let reach = max(1, Int((0.03 * landmarks.interOcularDistance).rounded()))
    func inside(_ corners: [Point]) -> Raster {
      Raster(polygon: corners, width: picture.width, height: picture.height)
    }
    let hull = inside(points.convexHull).feathered(erosion: 2 * reach, blur: 0)
    let nose = inside(Array(points[27...27] + points[31...35]).convexHull)
    let mouth = inside(Array(points[48..<60]).convexHull)
    let eyes = [points[36..<42], points[42..<48]].map { inside(Array($0).convexHull) }
    let around = zip(zip(nose.values, mouth.values), zip(eyes[0].values, eyes[1].values)).map {
      max($0.0, $0.1, $1.0, $1.1)
    }
    let features = Raster(width: picture.width, height: picture.height, channels: 1, values: around)
      .blurred(deviation: Double(reach))
    self.init(
      picture, points: landmarks.five,
      regions: (0..<picture.area).map { place in
        if mouth.values[place] == 1 { return .mouth }
        if max(eyes[0].values[place], eyes[1].values[place]) == 1 { return .eyes }
        return hull.values[place] == 1 && features.values[place] < 0.02 ? .skin : nil
      })
  }

  /// A crop as a detector's points might give it, and the region of each of its samples.
  ///
  /// Turned, scaled and shifted at random by as much as five points are off; with `changes` also
  /// mirrored and recoloured.
  func crop(
    using generator: inout SplitMix64, changes: Bool
  ) -> (values: [Float], labels: [Int?]) {
    let (side, wide) = (SegmentationNetwork.side, Self.side)
    let kept = Raster(
      width: wide, height: wide, channels: 3, values: bytes.map { Float($0) / 255 })
    let amount = changes ? 1.0 : 0
    let scale =
      Double(side) / (Double(wide) * Self.share)
      * exp(0.1 * amount * Double(generator.normal()))
    let shift = (0..<2).map { _ in 0.03 * amount * Double(side) * Double(generator.normal()) }
    let mirror = changes && generator.unit() < 0.5 ? -1.0 : 1
    let (from, to) = (Double(wide - 1) / 2, Double(side - 1) / 2)
    let map = AffineMap.translation(x: -from, y: -from)
      .then(.scale(x: mirror, y: 1))
      .then(.rotation(radians: 0.12 * amount * Double(generator.normal())))
      .then(.scale(x: scale, y: scale))
      .then(.translation(x: to + shift[0], y: to + shift[1]))
    var crop = kept.warped(by: map, width: side, height: side, border: .replicate)
    if changes { Self.recolor(&crop, using: &generator) }
    let back = map.inverse
    let labels = (0..<side * side).map { place -> Int? in
      let there = back(Point(x: Double(place % side), y: Double(place / side)))
      let (x, y) = (Int(there.x.rounded()), Int(there.y.rounded()))
      guard 0..<wide ~= x, 0..<wide ~= y, self.labels[y * wide + x] != Self.unknown else {
        return nil
      }
      return Int(self.labels[y * wide + x])
    }
    return (crop.values, labels)
  }
}
