public import Imaging
public import MediaTypes

/// A square cut out of a picture around a face, upright and of one size, and the way back.
public struct FaceCrop: Sendable {
  /// Red, green and blue in 0…1.
  public let colors: Raster
  /// From places in the upright picture to places in the crop.
  public let map: AffineMap

  /// - Parameters:
  ///   - picture: Red, green and blue.
  ///   - map: From the picture to the crop, as ``FaceTemplate/alignment(of:size:)`` gives it.
  ///   - size: The side of the crop, in samples.
  public init(of picture: Raster, map: AffineMap, size: Int) {
    self.map = map
    colors = picture.warped(by: map, width: size, height: size, .area)
  }

  /// Puts what was made of the crop back in its place.
  ///
  /// - Parameters:
  ///   - changed: Red, green and blue, as large as the crop or in the same proportions.
  ///   - mask: How far each sample counts, of the same size.
  public func paste(_ changed: Raster, mask: Raster, into picture: inout Picture) {
    picture.blend(changed, mask: mask, by: back(from: changed))
  }

  /// Changes luma; detail finer than the crop stays as it is, and chroma as `Picture.addLuma`
  /// leaves it.
  ///
  /// - Parameters:
  ///   - changed: The new luma, one channel, as large as the crop.
  ///   - mask: How far each sample counts, of the same size.
  public func pasteLuma(_ changed: Raster, mask: Raster, into picture: inout Picture) {
    let difference = Raster(
      width: changed.width, height: changed.height, channels: 1,
      values: zip(changed.values, colors.luma.values).map { $0 - $1 })
    addLuma(difference, mask: mask, into: &picture)
  }

  /// Adds to luma; detail finer than what is added stays as it is, and chroma as `Picture.addLuma`
  /// leaves it.
  ///
  /// - Parameters:
  ///   - difference: In units of full luma: one channel, as large as the crop or in the same
  ///     proportions.
  ///   - mask: How far each sample counts, of the same size as the difference.
  public func addLuma(_ difference: Raster, mask: Raster, into picture: inout Picture) {
    picture.addLuma(difference, mask: mask, by: back(from: difference))
  }

  /// From places in a raster that covers the crop to places in the picture.
  private func back(from raster: Raster) -> AffineMap {
    let scale = Double(colors.width) / Double(raster.width)
    return AffineMap(
      xx: scale, xy: 0, dx: (scale - 1) / 2, yx: 0, yy: scale, dy: (scale - 1) / 2
    ).then(map.inverse)
  }
}
