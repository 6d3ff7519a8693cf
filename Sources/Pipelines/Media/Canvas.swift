internal import MediaTypes

/// An 8-bit RGB picture to draw other pictures on, white at first.
struct Canvas {
  let width: Int
  let height: Int
  private var bytes: [UInt8]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: 255, count: 3 * width * height)
  }

  var picture: Picture { Picture(rgbWidth: width, height: height, bytes: bytes) }

  /// Lays an 8-bit RGB picture with its upper left corner at column `x`, row `y`.
  mutating func draw(_ picture: Picture, x: Int, y: Int) {
    let source = picture.interleavedRGB
    for row in 0..<min(picture.height, height - y) {
      let count = 3 * min(picture.width, width - x)
      let (from, to) = (3 * row * picture.width, 3 * ((y + row) * width + x))
      bytes.replaceSubrange(to..<to + count, with: source[from..<from + count])
    }
  }

  /// Lays a square of square grey values, enlarged without smoothing to `side` samples.
  mutating func draw(_ gray: [UInt8], side: Int, x: Int, y: Int) {
    let cells = Int(Double(gray.count).squareRoot())
    for row in 0..<min(side, height - y) {
      for column in 0..<min(side, width - x) {
        let value = gray[row * cells / side * cells + column * cells / side]
        let to = 3 * ((y + row) * width + x + column)
        (bytes[to], bytes[to + 1], bytes[to + 2]) = (value, value, value)
      }
    }
  }

  /// Lays a rectangle of one colour.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, color: (UInt8, UInt8, UInt8)) {
    for row in max(0, y)..<max(0, min(self.height, y + height)) {
      for column in max(0, x)..<max(0, min(self.width, x + width)) {
        let to = 3 * (row * self.width + column)
        (bytes[to], bytes[to + 1], bytes[to + 2]) = color
      }
    }
  }
}
