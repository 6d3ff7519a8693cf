internal import Foundation
public import Imaging
internal import Neural

/// A face with points that people marked, cut out with room around it, for training.
public struct LandmarkSample: Sendable {
  /// The side of the kept part, in samples, and the share of it that becomes a crop.
  private static let side = 96
  private static let share = 2.0 / 3
  private static let recolor = Recoloring(
    grayShare: 0.2, blurShare: 0.2, gamma: 0.35, gain: 0.12, lift: 0.06)

  /// Red, green and blue, as bytes, since there are many samples.
  private let bytes: [UInt8]
  /// In the kept part.
  private let landmarks: Landmarks

  /// - Parameters:
  ///   - picture: Red, green and blue in 0…1.
  ///   - landmarks: In the picture.
  /// - Returns: `nil` if the points make no face.
  public init?(_ picture: Raster, landmarks: Landmarks) {
    let wide = FaceTemplate(
      points: LandmarkNetwork.template.points.map {
        Point(x: 0.5 + Self.share * ($0.x - 0.5), y: 0.5 + Self.share * ($0.y - 0.5))
      })
    let template = FaceTemplate(points: Landmarks(wide.points).five)
    guard let map = template.alignment(of: landmarks.five, size: Self.side) else { return nil }
    let kept = picture.warped(by: map, width: Self.side, height: Self.side, .area)
    bytes = kept.values.map { UInt8(max(0, min(255, (255 * $0).rounded()))) }
    self.landmarks = landmarks.mapped(by: map)
  }

  /// A crop as a detector might give it, and where its points are, as fractions of it.
  ///
  /// Turned, scaled and shifted at random by as much as five points are off; with `changes` also
  /// mirrored, recoloured, darkened, blurred and covered in parts.
  func crop(
    using generator: inout SplitMix64, changes: Bool
  ) -> (values: [Float], points: [Float]) {
    let (side, wide) = (LandmarkNetwork.side, Self.side)
    var kept = Raster(
      width: wide, height: wide, channels: 3, values: bytes.map { Float($0) / 255 })
    var landmarks = landmarks
    if changes, generator.unit() < 0.5 {
      kept = kept.mirrored
      landmarks = landmarks.mirrored(width: Double(wide))
    }
    let spread = changes ? 1.5 : 1.0
    let scale =
      Double(side) / (Double(wide) * Self.share) * exp(0.06 * spread * Double(generator.normal()))
    let shift = (0..<2).map { _ in 0.025 * spread * Double(side) * Double(generator.normal()) }
    let (from, to) = (Double(wide - 1) / 2, Double(side - 1) / 2)
    let map = AffineMap.translation(x: -from, y: -from)
      .then(.rotation(radians: 0.07 * spread * Double(generator.normal())))
      .then(.scale(x: scale, y: scale))
      .then(.translation(x: to + shift[0], y: to + shift[1]))
    var crop = kept.warped(by: map, width: side, height: side)
    if changes {
      Self.recolor(&crop, using: &generator)
      cover(&crop, using: &generator)
    }
    let points = landmarks.mapped(by: map).points.flatMap {
      [Float(($0.x + 0.5) / Double(side)), Float(($0.y + 0.5) / Double(side))]
    }
    return (crop.values, points)
  }

  private func cover(_ crop: inout Raster, using generator: inout SplitMix64) {
    guard generator.unit() < 0.3 else { return }
    // A patch of one colour, up to a third of the side, lies over part of the face.
    func place(_ limit: Int) -> Int { Int(generator.unit() * Float(limit)) }
    let (width, height) = (4 + place(crop.width / 3), 4 + place(crop.height / 3))
    let (left, top) = (place(crop.width - width), place(crop.height - height))
    for channel in 0..<3 {
      let value = generator.unit()
      for y in top..<top + height {
        for x in left..<left + width { crop[x, y, channel] = value }
      }
    }
  }
}
