/// A small picture in the networks' colour space, upright: three planes of fractions.
///
/// Y = 0.299 R + 0.587 G + 0.114 B, U = (B − Y) / 1.772 + ½ and V = (R − Y) / 1.402 + ½, as JPEG
/// has them, of gamma-coded R, G and B in 0…1. Values a limited range keeps beyond black and white
/// are kept.
public struct YUVPicture: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// Planes Y, U and V, each `height` rows of `width` values.
  public var values: [Float]

  public init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == 3 * width * height, "three planes of \(width)×\(height) values")
    self.width = width
    self.height = height
    self.values = values
  }
}

/// What is to be added to a ``YUVPicture``: differences in the same space, 0 for no change.
public struct YUVResidual: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// Planes Y, U and V, each `height` rows of `width` values.
  public var values: [Float]

  public init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == 3 * width * height, "three planes of \(width)×\(height) values")
    self.width = width
    self.height = height
    self.values = values
  }
}
