internal import Foundation

/// Photographs of faces with what they express, decoded and in memory.
public struct FaceSet: Sendable {
  /// One face.
  public struct Face: Sendable {
    public let width, height: Int
    /// `channels · height · width` bytes, channel by channel.
    public let bytes: [UInt8]
    /// Which of the set's emotions it shows.
    public let label: Int

    public init(width: Int, height: Int, bytes: [UInt8], label: Int) {
      self.width = width
      self.height = height
      self.bytes = bytes
      self.label = label
    }
  }

  public let emotions: [Emotion]
  public let channels: Int
  public let faces: [Face]

  public init(emotions: [Emotion], channels: Int, faces: [Face]) {
    precondition(
      faces.allSatisfy {
        emotions.indices ~= $0.label && $0.bytes.count == channels * $0.width * $0.height
      }, "faces of \(channels) channels with labels of \(emotions.count) emotions")
    self.emotions = emotions
    self.channels = channels
    self.faces = faces
  }

  /// How many faces show each emotion.
  public var counts: [Int] {
    faces.reduce(into: [Int](repeating: 0, count: emotions.count)) { $0[$1.label] += 1 }
  }

  /// What each emotion counts in a loss: a power of the inverse of its frequency, with a mean of 1
  /// over the faces.
  ///
  /// Source: Piotrowski, Kaczyński & Walczyna 2024, Appl. Sci. 14(22), 10681, section 3.2, whose
  /// power is 1.
  public func weights(balance power: Float) -> [Float] {
    let weights = counts.map { $0 == 0 ? 0 : pow(Float($0), -power) }
    let sum = zip(weights, counts).reduce(0) { $0 + $1.0 * Float($1.1) }
    return weights.map { $0 * Float(faces.count) / sum }
  }
}
