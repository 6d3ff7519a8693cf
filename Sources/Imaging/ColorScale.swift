internal import MediaTypes

/// How a picture's samples stand to fractions: of each component, and of the networks' YUV.
struct ColorScale: Sendable {
  /// The sample value that stands for 0 of each component; of colour differences, the middle.
  let zeros: [Float]
  /// How many samples make 1 of each component.
  let units: [Float]
  /// Nine numbers, row by row: the networks' Y, U and V of the picture's components; `nil` if they
  /// are the same.
  let toNetwork: [Float]?
  /// The inverse of `toNetwork`.
  let fromNetwork: [Float]?

  init(of picture: Picture) {
    let format = picture.format
    let unit = Float(1 << (format.bitDepth - 8))
    let maximum = Float(format.maximum)
    let isLimited = picture.color.range == .limited
    let black = isLimited ? 16 * unit : 0
    let white = isLimited ? 219 * unit : maximum
    switch format.model {
    case .gray:
      zeros = [black]
      units = [white]
      (toNetwork, fromNetwork) = (nil, nil)
    case .rgb:
      zeros = [black, black, black]
      units = [white, white, white]
      toNetwork = Self.yuv(red: 0.299, blue: 0.114)
      fromNetwork = Self.rgb(red: 0.299, blue: 0.114)
    case .yuv:
      zeros = [black, 128 * unit, 128 * unit]
      units = [white, isLimited ? 224 * unit : maximum, isLimited ? 224 * unit : maximum]
      let (red, blue) = picture.color.lumaWeights(height: picture.height)
      if (red, blue) == (0.299, 0.114) {
        (toNetwork, fromNetwork) = (nil, nil)
      } else {
        toNetwork = product(Self.yuv(red: 0.299, blue: 0.114), Self.rgb(red: red, blue: blue))
        fromNetwork = product(Self.yuv(red: red, blue: blue), Self.rgb(red: 0.299, blue: 0.114))
      }
    }
  }

  /// Luma and colour differences (centred on 0) of red, green and blue.
  static func yuv(red: Float, blue: Float) -> [Float] {
    let green = 1 - red - blue
    let (u, v) = (2 * (1 - blue), 2 * (1 - red))
    return [
      red, green, blue,
      -red / u, -green / u, (1 - blue) / u,
      (1 - red) / v, -green / v, -blue / v,
    ]
  }

  /// Red, green and blue of luma and colour differences (centred on 0).
  static func rgb(red: Float, blue: Float) -> [Float] {
    let green = 1 - red - blue
    let (u, v) = (2 * (1 - blue), 2 * (1 - red))
    return [
      1, 0, v,
      1, -u * blue / green, -v * red / green,
      1, u, 0,
    ]
  }
}

private func product(_ a: [Float], _ b: [Float]) -> [Float] {
  (0..<9).map { i in (0..<3).reduce(0) { $0 + a[i / 3 * 3 + $1] * b[$1 * 3 + i % 3] } }
}

/// Replaces every triple of values of three planes by its product with a matrix.
func transform(_ planes: inout [Float], by matrix: [Float]) {
  let count = planes.count / 3
  for i in 0..<count {
    let (a, b, c) = (planes[i], planes[count + i], planes[2 * count + i])
    planes[i] = matrix[0] * a + matrix[1] * b + matrix[2] * c
    planes[count + i] = matrix[3] * a + matrix[4] * b + matrix[5] * c
    planes[2 * count + i] = matrix[6] * a + matrix[7] * b + matrix[8] * c
  }
}
