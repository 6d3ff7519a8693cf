/// The sizes of the four networks, which work on pictures of one size.
public struct EmotionDesign: Hashable, Sendable {
  public enum Name: String, CaseIterable, Sendable {
    /// The paper's size, in colour.
    case face128 = "face-128"
    /// What can be learned from FER-2013: its own size, gray.
    case face48 = "face-48"
  }

  public let name: Name
  /// Rows and columns of the pictures.
  public let side: Int
  /// 1 for luminance, 3 for red, green and blue.
  public let channels: Int
  /// Channels of EmoDNN at each size, largest first.
  public let generatorWidths: [Int]
  public let discriminatorWidths: [Int]
  /// Of classifier A.
  public let classifierWidths: [Int]
  /// What the network that reads the emotion makes of it.
  public let condition: Int

  /// The paper names the parts of its networks and not their widths: these are ours.
  public static func named(_ name: Name) -> EmotionDesign {
    switch name {
    case .face128:
      EmotionDesign(
        name: name, side: 128, channels: 3, generatorWidths: [32, 64, 128, 256, 256],
        discriminatorWidths: [32, 64, 128, 256, 256], classifierWidths: [32, 64, 128, 256, 256],
        condition: 128)
    case .face48:
      EmotionDesign(
        name: name, side: 48, channels: 1, generatorWidths: [16, 16, 32, 96],
        discriminatorWidths: [32, 32, 64, 128], classifierWidths: [32, 64, 128, 256], condition: 64)
    }
  }
}
