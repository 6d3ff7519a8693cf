internal import Foundation
public import Imaging

/// An extracted face among others: its crop, and what is known of it.
public struct ExtractedFace: Sendable {
  /// Red, green and blue.
  public var crop: Raster
  public var face: Face
  public var embedding: FaceEmbedding?

  public init(crop: Raster, face: Face, embedding: FaceEmbedding? = nil) {
    self.crop = crop
    self.face = face
    self.embedding = embedding
  }
}

/// In which order extracted faces are laid out.
public enum FaceOrder: Hashable, Sendable {
  /// The sharpest first.
  case sharpness
  /// The brightest first.
  case brightness
  /// The largest in its picture first.
  case size
  /// From turned to the viewer's left to turned to the right.
  case turn
  /// From tilted to the left to tilted to the right.
  case tilt
  /// The surest first.
  case score
  /// Each followed by the one of the rest whose colours are most like its own.
  case color
  /// Each followed by the one of the rest that looks most like the same person; those without an
  /// embedding last.
  case identity
}

extension [ExtractedFace] {
  /// The faces in an order; what is equal stays in its own.
  public func ordered(by order: FaceOrder) -> [ExtractedFace] {
    switch order {
    case .sharpness: descending { $0.crop.sharpness }
    case .brightness:
      descending { Double($0.crop.luma.values.reduce(0, +)) / Double($0.crop.area) }
    case .size: descending { $0.face.box.area }
    case .turn: descending { -$0.face.turn }
    case .tilt: descending { -$0.face.tilt }
    case .score: descending { Double($0.face.score) }
    case .color:
      chained(map(\.crop.histogram)) { a, b in
        zip(a, b).reduce(0) { $0 - abs($1.0 - $1.1) }
      }
    case .identity:
      filter { $0.embedding != nil }.chained(compactMap(\.embedding)) { $0.similarity(to: $1) }
        + filter { $0.embedding == nil }
    }
  }

  private func descending(_ value: (ExtractedFace) -> Double) -> [ExtractedFace] {
    let values = map(value)
    return indices.sorted { (values[$0], $1) > (values[$1], $0) }.map { self[$0] }
  }

  /// Begins with the first and goes on with the most similar one of the rest, again and again.
  private func chained<Key>(
    _ keys: [Key], _ similarity: (Key, Key) -> Double
  ) -> [ExtractedFace] {
    guard var last = indices.first else { return [] }
    var left = Array<Int>(indices.dropFirst())
    var order = [last]
    while let next = left.max(by: {
      similarity(keys[last], keys[$0]) < similarity(keys[last], keys[$1])
    }) {
      order.append(next)
      left.removeAll { $0 == next }
      last = next
    }
    return order.map { self[$0] }
  }
}

extension Face {
  /// How far the nose is from the middle between the eyes, in eye distances; negative towards the
  /// viewer's left.
  public var turn: Double {
    let (across, middle) = (points[1] - points[0], 0.5 * (points[0] + points[1]))
    let nose = points[2] - middle
    return (nose.x * across.x + nose.y * across.y) / max(1e-9, eyeDistance * eyeDistance)
  }

  /// The angle of the line through the eyes, in radians: positive where the right eye is lower.
  public var tilt: Double {
    let across = points[1] - points[0]
    return atan2(across.y, across.x)
  }
}

extension Raster {
  /// The variance of luma's second differences: the larger, the sharper.
  ///
  /// Source: Pech-Pacheco et al. 2000, "Diatom autofocusing in brightfield microscopy", section 4.
  public var sharpness: Double {
    let luma = channels == 3 ? self.luma : plane(0)
    guard width > 2, height > 2 else { return 0 }
    var (sum, squares) = (0.0, 0.0)
    for y in 1..<height - 1 {
      for x in 1..<width - 1 {
        let around = luma[x - 1, y] + luma[x + 1, y] + luma[x, y - 1] + luma[x, y + 1]
        let value = Double(around - 4 * luma[x, y])
        sum += value
        squares += value * value
      }
    }
    let count = Double((width - 2) * (height - 2))
    return squares / count - (sum / count) * (sum / count)
  }

  /// The share of samples in each of 16 levels of each channel.
  var histogram: [Double] {
    var counts = [Double](repeating: 0, count: 16 * channels)
    for (index, value) in values.enumerated() {
      counts[16 * (index / area) + max(0, min(15, Int(16 * value)))] += 1 / Double(area)
    }
    return counts
  }
}
