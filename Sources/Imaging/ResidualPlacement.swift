internal import Foundation
public import MediaTypes

/// How a mark made at a network's working size gets into a frame of any size, and is seen in it.
///
/// - The network sees the **upright** frame stretched to the working size, without borders: a video
///   that a phone stored lying on its side may be stored upright by whatever copies it.
/// - Frames are reduced by taking means over equal parts. A copy of half the size, or of any other,
///   reduces to the same picture, and the mark with it.
/// - The residual is brought to the size of each plane by cubic interpolation, which keeps the means
///   over the parts nearly as they were and adds no edges that a codec would spend bits on. It is
///   added to the samples as they are stored, in their own range, matrix and depth: what is not
///   marked is not changed, and what is changed is rounded once.
/// - Frames smaller than the working size, in one or both directions, are enlarged on straight lines
///   for the network, and get the means of the residual. Below 64×64 the parts of a code are
///   smaller than its modules, so marks there are not promised.
/// - The more samples a pixel of the residual spans, the weaker the mark may be: what codecs and noise
///   add is averaged over more of them, and the eye finds what is coarse more easily. It changes with
///   the cube root of the rows or columns, whichever are fewer: 1 at 288, 74 % at 720, 41 % at 8K, which
///   survives all the better for its low frequency. Below 200, where a codec's blocks of 8 × 8 span
///   more than a module, it grows faster, to twice the strength at the most.
/// - Subsampled chroma gets the residual on its own grid, as if its samples stood in the middle
///   of those that share them. MPEG-2's siting at the left is off by a quarter of a chroma sample,
///   which is nothing at the working size, and is ignored.
/// - Samples are kept within what their depth holds, in limited range too: players show what lies
///   beyond black and white, and codecs keep it. Alpha is not changed, nor any sample where it is 0.
public struct ResidualPlacement: Hashable, Sendable {
  /// The network's columns.
  public let width: Int
  /// The network's rows.
  public let height: Int

  public init(width: Int, height: Int) {
    precondition(width > 0 && height > 0, "a working size of \(width)×\(height)")
    self.width = width
    self.height = height
  }

  /// The frame as the network sees it: upright, at the working size.
  ///
  /// - Complexity: O(samples of the frame).
  public func reduced(_ picture: Picture) -> YUVPicture {
    let stored = storedSize(for: picture.orientation)
    let scale = ColorScale(of: picture)
    let count = width * height
    var values: [Float] = []
    values.reserveCapacity(3 * count)
    for (plane, (zero, unit)) in zip(picture.planes, zip(scale.zeros, scale.units)) {
      let means = plane.reduced(width: stored.width, height: stored.height)
      values += means.map { ($0 - zero) / unit }
    }
    values += [Float](repeating: 0, count: 3 * count - values.count)
    if let matrix = scale.toNetwork { transform(&values, by: matrix) }
    for i in count..<3 * count { values[i] += 0.5 }
    return YUVPicture(
      width: width, height: height,
      values: turned(values, stored: stored, picture.orientation, inverse: false))
  }

  /// Marks a frame with a residual made from it as ``reduced(_:)`` shows it.
  ///
  /// - Parameter strength: What the residual is multiplied with besides what the frame's size asks for.
  /// - Complexity: O(samples of the frame).
  public func mark(
    _ picture: inout Picture, with residual: YUVResidual, strength: Float = 1
  ) {
    add(residual, to: &picture, strength: strength * Self.strength(of: picture))
  }

  func add(_ residual: YUVResidual, to picture: inout Picture, strength: Float = 1) {
    precondition(
      residual.width == width && residual.height == height,
      "a residual of \(residual.width)×\(residual.height), not \(width)×\(height)")
    let stored = storedSize(for: picture.orientation)
    let scale = ColorScale(of: picture)
    let count = width * height
    var values = turned(residual.values, stored: stored, picture.orientation, inverse: true)
    if let matrix = scale.fromNetwork { transform(&values, by: matrix) }
    for index in 0..<picture.format.colorPlaneCount {
      let factor = strength * scale.units[index]
      let part = values[index * count..<(index + 1) * count].map { $0 * factor }
      picture.planes[index] = picture.planes[index].adding(
        part, columns: stored.width, rows: stored.height, maximum: picture.format.maximum,
        visible: picture.visibleSamples(plane: index))
    }
  }

  /// How strong the mark of a frame of a picture's size should be.
  static func strength(of picture: Picture) -> Float {
    let side = Float(min(picture.width, picture.height))
    let strength = cbrtf(288 / side)
    return side < 200 ? min(2, strength * 200 / side) : strength
  }

  private func storedSize(for orientation: Orientation) -> (width: Int, height: Int) {
    orientation.swapsSides ? (height, width) : (width, height)
  }

  /// Three planes turned from how a frame is stored to how it is seen, or back.
  private func turned(
    _ values: [Float], stored: (width: Int, height: Int), _ orientation: Orientation, inverse: Bool
  ) -> [Float] {
    guard orientation != .upright else { return values }
    let count = width * height
    var result = [Float](repeating: 0, count: 3 * count)
    for y in 0..<height {
      for x in 0..<width {
        let place = orientation.stored(x: x, y: y, width: stored.width, height: stored.height)
        let (seen, kept) = (y * width + x, place.y * stored.width + place.x)
        let (from, to) = inverse ? (seen, kept) : (kept, seen)
        for plane in 0..<3 { result[plane * count + to] = values[plane * count + from] }
      }
    }
    return result
  }
}

extension Picture {
  /// Which samples of a plane are not wholly transparent, or `nil` if there is no alpha.
  fileprivate func visibleSamples(plane index: Int) -> [Bool]? {
    guard format.hasAlpha, let alpha = planes.last else { return nil }
    let plane = planes[index]
    let shiftX = format.isChroma(plane: index) ? format.chromaShiftX : 0
    let shiftY = format.isChroma(plane: index) ? format.chromaShiftY : 0
    func mask<S: Sample & Equatable>(_ samples: [S]) -> [Bool] {
      var result: [Bool] = []
      result.reserveCapacity(plane.width * plane.height)
      for y in 0..<plane.height {
        let row = (y << shiftY) * alpha.width
        for x in 0..<plane.width { result.append(samples[row + (x << shiftX)] != .zero) }
      }
      return result
    }
    return switch alpha.samples {
    case .eight(let samples): mask(samples)
    case .sixteen(let samples): mask(samples)
    }
  }
}
