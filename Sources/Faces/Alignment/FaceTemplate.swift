public import Imaging

/// Where points of a face come to lie in a square crop, as fractions of its side.
public struct FaceTemplate: Hashable, Sendable {
  /// Of a crop: 0 is its left or upper edge, 1 the other.
  public let points: [Point]

  public init(points: [Point]) { self.points = points }

  private init(_ points: (Double, Double)...) {
    self.points = points.map { Point(x: $0.0, y: $0.1) }
  }

  // Five points each: left and right eye, nose, left and right corner of the mouth, as seen.

  /// InsightFace's of 112 × 96 set into 112 × 112; face swappers trained on VGGFace2 want it.
  public static let arcface112v1 = FaceTemplate(
    (0.35473214, 0.45658929), (0.64526786, 0.45658929), (0.5, 0.61154464),
    (0.37913393, 0.776875), (0.62086607, 0.776875))
  /// InsightFace's for recognition.
  public static let arcface112v2 = FaceTemplate(
    (0.34191607, 0.46157411), (0.65653393, 0.45983393), (0.500225, 0.64050536),
    (0.37097589, 0.82469196), (0.63151696, 0.82325089))
  /// That of 112 samples set into 128.
  public static let arcface128 = FaceTemplate(
    (0.36167656, 0.40387734), (0.63696719, 0.40235469), (0.50019687, 0.56044219),
    (0.38710391, 0.72160547), (0.61507734, 0.72034453))
  /// DeepFaceLab's whole face.
  public static let wholeFace = FaceTemplate(
    (0.35342266, 0.39285716), (0.62797622, 0.39285716), (0.48660713, 0.5401786),
    (0.38839287, 0.68750011), (0.59821427, 0.68750011))
  /// The crops of Flickr-Faces-HQ.
  public static let ffhq512 = FaceTemplate(
    (0.37691676, 0.46864664), (0.62285697, 0.46912813), (0.50123859, 0.61331904),
    (0.39308822, 0.725411), (0.61150205, 0.72490465))
  public static let mtcnn512 = FaceTemplate(
    (0.36562865, 0.46733799), (0.63305391, 0.46585885), (0.50019127, 0.61942959),
    (0.39032951, 0.77598822), (0.61178945, 0.77476328))
  public static let styleGANEX384 = FaceTemplate(
    (0.42353745, 0.52289879), (0.57725008, 0.52319972), (0.50123859, 0.61331904),
    (0.43364461, 0.68337652), (0.57015325, 0.68306005))

  /// dlib's for recognition: its mean face in a square with a quarter more on all sides.
  ///
  /// Eyes are the means of their six points there.
  public static let dlib150 = FaceTemplate(
    (0.316995, 0.310660), (0.669841, 0.310660), (0.493418, 0.510417), (0.336099, 0.686822),
    (0.650736, 0.686822))
  /// How faces lie in the pictures of FER-2013, on which networks of emotions are trained.
  public static let fer2013 = FaceTemplate(
    (0.313, 0.389), (0.687, 0.389), (0.5, 0.587), (0.347, 0.781), (0.653, 0.781))

  /// The map from a picture to a crop that brings a face's points nearest to the template's: a turn,
  /// a scale and a shift, by least squares over all points.
  ///
  /// Others take estimators that leave single points out, and come to other crops.
  ///
  /// - Parameters:
  ///   - points: As many as the template's, in its order.
  ///   - size: The side of the crop, in samples.
  /// - Returns: `nil` if the points lie in one place.
  public func alignment(of points: [Point], size: Int) -> AffineMap? {
    // The crop's edge is half a sample before the middle of its first one.
    let targets = self.points.map {
      Point(x: $0.x * Double(size) - 0.5, y: $0.y * Double(size) - 0.5)
    }
    return AffineMap.similarity(from: points, to: targets)
  }
}
