extension QRCode {
  /// The code as the networks see it: stretched over a whole picture, without a quiet zone.
  ///
  /// Every pixel takes the value of the module under its centre: 1 where dark, 0 where light. The
  /// reader knows this geometry, so nothing is spent on finding the code again.
  ///
  /// - Returns: `height` rows of `width` values.
  public func drawn(width: Int, height: Int) -> [Float] {
    precondition(width >= size && height >= size, "\(width)×\(height) pixels for \(size) modules")
    let columns = (0..<width).map { (2 * $0 + 1) * size / (2 * width) }
    var picture: [Float] = []
    picture.reserveCapacity(width * height)
    for y in 0..<height {
      let row = (2 * y + 1) * size / (2 * height) * size
      for column in columns { picture.append(modules[row + column] ? 1 : 0) }
    }
    return picture
  }

  /// The code as cameras and readers expect it: black on white within a quiet zone.
  ///
  /// - Parameters:
  ///   - scale: Pixels along the side of a module.
  ///   - quiet: Modules of white on every side; the standard asks for 4.
  /// - Returns: Grey values, 0 black and 255 white, and the side of the picture in pixels.
  public func rendered(scale: Int, quiet: Int = 4) -> (gray: [UInt8], side: Int) {
    let side = (size + 2 * quiet) * scale
    var gray = [UInt8](repeating: 255, count: side * side)
    for (index, isDark) in modules.enumerated() where isDark {
      let top = (index / size + quiet) * scale
      let left = (index % size + quiet) * scale
      for y in top..<top + scale {
        for x in left..<left + scale { gray[y * side + x] = 0 }
      }
    }
    return (gray, side)
  }
}
