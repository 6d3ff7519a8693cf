internal import Foundation
internal import Neural

/// Random changes of a face that leave what it expresses.
///
/// The face is brought to a longest side, cut to a square at a random place, with borders repeated
/// where it ends, then changed in colour (Fancy PCA), gamma and sharpness.
///
/// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, section 3.2, which gives
/// the kinds and not the amounts. Rotation and erasing go beyond it.
public struct Augmentation: Hashable, Sendable {
  /// The longest side before the cut, as a share of the square's.
  public var size: ClosedRange<Float>
  /// How far the cut may leave the picture, as a share of the square's side.
  public var shift: Float
  /// Degrees to either side.
  public var rotation: Float
  public var flips: Bool
  /// Standard deviation along the colours' principal directions, in theirs.
  public var color: Float
  /// Exponents, uniform in their logarithm.
  public var gamma: ClosedRange<Float>
  /// The most of the difference to a blurred copy that is added, in a third of the pictures.
  public var sharpening: Float
  /// The probability that a rectangle is made gray.
  public var erasing: Float

  /// The whole face, as it is.
  public static let none = Augmentation(
    size: 1...1, shift: 0, rotation: 0, flips: false, color: 0, gamma: 1...1, sharpening: 0,
    erasing: 0)
  /// For classifiers.
  public static let strong = Augmentation(
    size: 0.97...1.18, shift: 0.05, rotation: 9, flips: true, color: 0.15, gamma: 0.75...1.35,
    sharpening: 0.8, erasing: 0.3)
  /// For EmoDNN, whose results are to look like what it was given.
  public static let light = Augmentation(
    size: 1...1.12, shift: 0.03, rotation: 4, flips: true, color: 0.1, gamma: 0.8...1.25,
    sharpening: 0.4, erasing: 0)

  /// One square picture, `channels · side · side` values, 0…1.
  func callAsFunction(
    _ face: FaceSet.Face, channels: Int, side: Int, colors: FancyPCA, seed: UInt64
  ) -> [Float] {
    var generator = SplitMix64(seed: seed)
    let frame = Frame(self, face, side: side, &generator)
    var values = frame.sampled(face, channels: channels)
    let plane = side * side
    let change =
      color == 0
      ? [Float](repeating: 0, count: channels)
      : colors.change(deviation: color, normal: { $0.normal() }, using: &generator)
    let exponent = exp(
      log(gamma.lowerBound) + generator.unit() * log(gamma.upperBound / gamma.lowerBound))
    let sharpness = generator.unit() < 1 / 3 ? sharpening * generator.unit() : 0
    for channel in 0..<channels {
      let range = channel * plane..<(channel + 1) * plane
      if change[channel] != 0 || exponent != 1 {
        for index in range {
          values[index] = pow(min(1, max(0, values[index] + change[channel])), exponent)
        }
      }
      if sharpness > 0 { sharpen(&values, range, side: side, by: sharpness) }
    }
    if generator.unit() < erasing { erase(&values, side: side, &generator) }
    return values
  }

  private func sharpen(
    _ values: inout [Float], _ range: Range<Int>, side: Int, by amount: Float
  ) {
    let before = Array(values[range])
    for row in 1..<side - 1 {
      for column in 1..<side - 1 {
        let at = row * side + column
        let around = before[at - 1] + before[at + 1] + before[at - side] + before[at + side]
        let sharper = before[at] + amount * (before[at] - around / 4)
        values[range.lowerBound + at] = min(1, max(0, sharper))
      }
    }
  }

  /// Makes a rectangle gray.
  ///
  /// Source: Zhong et al. 2017, arXiv:1708.04896, algorithm 1, with gray instead of noise.
  private func erase(_ values: inout [Float], side: Int, _ generator: inout SplitMix64) {
    func part() -> Int { max(1, Int(Float(side) * (0.12 + 0.28 * generator.unit()))) }
    let (height, width) = (part(), part())
    let top = Int.random(in: 0...side - height, using: &generator)
    let left = Int.random(in: 0...side - width, using: &generator)
    for start in stride(from: 0, to: values.count, by: side * side) {
      for row in top..<top + height {
        let from = start + row * side + left
        for index in from..<from + width { values[index] = 0.5 }
      }
    }
  }
}

/// Which part of a face a square shows, and how it lies there.
private struct Frame {
  let side: Int
  /// The place in the face of the square's middle, in pixels.
  let centre: (x: Float, y: Float)
  /// How far one step to the right, and one down, goes in the face.
  let right, down: (x: Float, y: Float)

  init(
    _ settings: Augmentation, _ face: FaceSet.Face, side: Int, _ generator: inout SplitMix64
  ) {
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * generator.unit() }
    let size = between(settings.size.lowerBound, settings.size.upperBound)
    let angle = between(-settings.rotation, settings.rotation) * .pi / 180
    let isFlipped = settings.flips && generator.unit() < 0.5
    let step = Float(max(face.width, face.height)) / (size * Float(side))
    // What the cut leaves over, to either side, and some more.
    let room = max(0, size - 1) / 2 + settings.shift
    let longest = Float(max(face.width, face.height)) / size
    let (x, y) = (between(-room, room) * longest, between(-room, room) * longest)
    self.side = side
    centre = (Float(face.width) / 2 + x, Float(face.height) / 2 + y)
    let (cosine, sine) = (step * cos(angle), step * sin(angle))
    right = isFlipped ? (-cosine, sine) : (cosine, -sine)
    down = (sine, cosine)
  }

  /// The square, by bilinear interpolation; from a face more than twice as fine, of the mean of four
  /// places per pixel.
  func sampled(_ face: FaceSet.Face, channels: Int) -> [Float] {
    let plane = face.width * face.height
    let isFine = right.x * right.x + right.y * right.y > 2.25
    let offsets: [Float] = isFine ? [-0.25, 0.25] : [0]
    let share = 1 / (255 * Float(offsets.count * offsets.count))
    var values = [Float](repeating: 0, count: channels * side * side)
    let middle = Float(side) / 2 - 0.5
    for row in 0..<side {
      for column in 0..<side {
        for across in offsets {
          for along in offsets {
            let (u, v) = (Float(column) - middle + across, Float(row) - middle + along)
            let x = min(max(centre.x - 0.5 + u * right.x + v * down.x, 0), Float(face.width - 1))
            let y = min(max(centre.y - 0.5 + u * right.y + v * down.y, 0), Float(face.height - 1))
            let (left, top) = (Int(x), Int(y))
            let (fx, fy) = (x - Float(left), y - Float(top))
            let next = left + 1 < face.width ? 1 : 0
            let below = top + 1 < face.height ? face.width : 0
            for channel in 0..<channels {
              let at = channel * plane + top * face.width + left
              let upper =
                Float(face.bytes[at]) * (1 - fx) + Float(face.bytes[at + next]) * fx
              let lower =
                Float(face.bytes[at + below]) * (1 - fx)
                + Float(face.bytes[at + below + next]) * fx
              values[channel * side * side + row * side + column] +=
                share * (upper * (1 - fy) + lower * fy)
            }
          }
        }
      }
    }
    return values
  }
}
