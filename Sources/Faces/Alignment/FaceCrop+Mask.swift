internal import Foundation
public import Imaging

extension FaceCrop {
  /// A soft mask of the face within the hull of its 68 points and up to the hair.
  ///
  /// Steady over frames if the points are: smooth them by ``PointSmoother``.
  ///
  /// - Parameters:
  ///   - landmarks: In samples of the picture.
  ///   - softness: How far the mask takes to rise from 0 to 1, in sides of the crop; it is 0 at the
  ///     hull and at the crop's edges.
  public func mask(of landmarks: Landmarks, softness: Double = 0.08) -> Raster {
    let corners = landmarks.mapped(by: map).hull()
    return Raster(polygon: corners, width: colors.width, height: colors.height)
      .softened(softness)
  }

  /// A soft oval mask in the middle, for faces of which only five points are known.
  ///
  /// - Parameters:
  ///   - width: Of the oval, in sides of the crop.
  ///   - height: Of the oval, in sides of the crop.
  public func ovalMask(width: Double = 0.75, height: Double = 0.95, softness: Double = 0.08)
    -> Raster
  {
    let side = Double(colors.width)
    let corners = (0..<64).map { index in
      let angle = 2 * Double.pi * Double(index) / 64
      return Point(
        x: side * (0.5 + width / 2 * cos(angle)) - 0.5,
        y: side * (0.5 + height / 2 * sin(angle)) - 0.5)
    }
    return Raster(polygon: corners, width: colors.width, height: colors.height)
      .softened(softness)
  }
}

extension Raster {
  /// Feathered so that most of the way from 0 to 1 takes `softness` sides.
  fileprivate func softened(_ softness: Double) -> Raster {
    let reach = softness * Double(width)
    return feathered(erosion: Int((reach / 2).rounded()), blur: reach / 4)
  }
}
