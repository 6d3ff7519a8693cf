public import MediaTypes

/// Where training takes its pictures from, and what it does to them once they are marked.
///
/// Both functions may be called from several threads, and give the same for the same seed.
public protocol StegoTrainingMedia: Sendable {
  /// A cover: one picture, or a few consecutive frames of one size.
  func cover(seed: UInt64) -> [Picture]

  /// What is left of marked frames after an attack.
  ///
  /// - Parameters:
  ///   - marked: The frames of a cover, marked.
  ///   - strength: 0 for hardly any attack, 1 for the full range.
  func attacked(_ marked: [Picture], strength: Float, seed: UInt64) -> StegoAttackResult
}

/// What an attack left over.
public struct StegoAttackResult: Sendable {
  /// One of the frames, attacked; any size.
  public var picture: Picture
  /// Which frame it was.
  public var frame: Int
  /// A name for the log.
  public var kind: String
  /// What the attack multiplied all samples with, mark and cover alike.
  public var gain: Float
  /// Whether the mark was filtered on the way, so that what is left of it must be measured.
  public var isFiltering: Bool

  public init(picture: Picture, frame: Int, kind: String, gain: Float = 1, isFiltering: Bool) {
    self.picture = picture
    self.frame = frame
    self.kind = kind
    self.gain = gain
    self.isFiltering = isFiltering
  }
}
