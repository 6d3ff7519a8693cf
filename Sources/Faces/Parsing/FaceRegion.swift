/// What a sample of a portrait belongs to, as FASSEG tells it apart.
///
/// Source: Khan et al. 2015, "Multi-class semantic segmentation of faces", ICIP, whose data have these
/// six classes.
public enum FaceRegion: Int, Hashable, Sendable, CaseIterable {
  case background, skin, hair, nose, mouth, eyes

  /// All that hair and background are not.
  public static let face: Set<FaceRegion> = [.skin, .nose, .mouth, .eyes]
}
