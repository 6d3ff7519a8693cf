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
  /// A face of little contrast is shown to the network with as much as those have that it was
  /// trained on, and what it adds is reduced in proportion.
  ///
  /// - Parameter wanted: An emotion, by its place among the network's.
  func difference(of crop: FaceCrop, wanted: Int) -> Raster {
    let given = crop.input(of: design).array
    let contrast = Contrast(of: given)
    let shown = Tensor(
      given.map { contrast.shown($0) }, shape: [1, design.channels, design.side, design.side])
    let made = self(shown, wanted: [wanted])
    let difference = Raster(
      width: design.side, height: design.side, channels: design.channels,
      values: zip(made.array, shown.array).map { ($0 - $1) / contrast.gain })
    return design.channels == 1 ? difference : difference.luma
  }
}

/// How a face's contrast is raised to that of FER-2013's faces.
private struct Contrast {
  /// The mean over FER-2013's faces of the standard deviation of their values, which are 0…1.
  private static let usual: Float = 0.3
  private static let most: Float = 4

  let gain: Float
  private let mean: Float

  init(of values: [Float]) {
    let count = Float(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    gain = min(Self.most, max(1, Self.usual / max(1e-3, variance.squareRoot())))
    self.mean = mean
  }

  /// The value around the mean, which moves towards the middle as far as the gain asks for.
  func shown(_ value: Float) -> Float {
    let middle = mean + (0.5 - mean) * (1 - 1 / gain)
    return min(1, max(0, middle + gain * (value - mean)))
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
