internal import Emotion
internal import Faces
internal import Imaging
internal import Tensors

extension FaceCrop {
  /// The crop of a face as networks of emotions are trained on.
  ///
  /// - Returns: `nil` if the face's points lie in one place.
  init?(of face: Face, in colors: Raster, size: Int) {
    guard let map = FaceTemplate.fer2013.alignment(of: face.points, size: size) else { return nil }
    self.init(of: colors, map: map, size: size)
  }

  /// `[1, channels, side, side]`, values 0…1: luma where a design has one channel.
  func input(of design: EmotionDesign) -> Tensor {
    let side = design.side
    precondition(colors.width == side, "a crop of \(colors.width), not \(side)")
    let seen = design.channels == 1 ? colors.luma : colors
    return Tensor(seen.values, shape: [1, design.channels, side, side])
  }
}

extension EmotionChanger {
  /// What the network adds to the luma of a crop: one channel, as large as the crop.
  ///
  /// - Parameter wanted: An emotion, by its place among the network's.
  func difference(of crop: FaceCrop, wanted: Int) -> Raster {
    let given = crop.input(of: design)
    let made = self(given, wanted: [wanted])
    let difference = Raster(
      width: design.side, height: design.side, channels: design.channels,
      values: zip(made.array, given.array).map { $0 - $1 })
    return design.channels == 1 ? difference : difference.luma
  }
}

extension Raster {
  /// Larger by a whole factor, on smooth curves through the samples.
  func enlarged(_ factor: Int) -> Raster {
    let scale = Double(factor)
    let shift = (scale - 1) / 2
    return warped(
      by: AffineMap(xx: scale, xy: 0, dx: shift, yx: 0, yy: scale, dy: shift),
      width: width * factor, height: height * factor, .bicubic)
  }
}
