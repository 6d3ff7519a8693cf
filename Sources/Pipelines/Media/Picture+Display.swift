internal import Media
internal import MediaTypes

extension Picture {
  /// The picture as a screen shows it: upright, square samples, 8-bit RGB, no wider or higher than
  /// asked, never enlarged.
  func shown(within width: Int, _ height: Int) throws -> Picture {
    let upright = turnedUpright()
    let aspect = max(0.1, min(10, upright.sampleAspect.value))
    let fullWidth = Double(upright.width) * max(1, aspect)
    let fullHeight = Double(upright.height) * max(1, 1 / aspect)
    let scale = min(1, Double(width) / fullWidth, Double(height) / fullHeight)
    return try converted(
      upright, to: .rgb8, width: max(1, Int((fullWidth * scale).rounded())),
      height: max(1, Int((fullHeight * scale).rounded())))
  }

  /// The samples as 8-bit RGB at their own size, upright.
  func asRGB() throws -> Picture {
    let upright = turnedUpright()
    var rgb = try converted(upright, to: .rgb8, width: upright.width, height: upright.height)
    rgb.metadata = StillMetadata()
    return rgb
  }
}
