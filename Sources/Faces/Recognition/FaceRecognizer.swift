public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// A trained network that tells people apart.
///
/// The weights do not change after loading, so that several tasks may use it at once.
public struct FaceRecognizer: @unchecked Sendable {
  /// The file of weights that `Corpus/build` fetches.
  public static let fileName = "dlib-face-recognition.dat"

  private let network = RecognitionNetwork()

  /// - Parameter path: `dlib_face_recognition_resnet_model_v1.dat`, or another file of its arrays.
  public init(weightsPath path: String) throws(WeightError) {
    let (arrays, _) = RecognitionNetwork.renaming.renamed(try Checkpoint(path: path).arrays)
    try network.load(arrays, from: path)
  }

  /// Of a crop of 150 × 150 samples, aligned to ``FaceTemplate/dlib150``.
  ///
  /// Cosines are near one another, since the network is trained on distances: about 0.95 for
  /// photographs of one person and about 0.84 for strangers.
  public func embedding(of crop: Raster) -> FaceEmbedding { FaceEmbedding(values(of: crop)) }

  /// The embedding of a face in a picture of red, green and blue in 0…1.
  ///
  /// - Returns: `nil` if the face's points lie in one place.
  public func embedding(of face: Face, in picture: Raster) -> FaceEmbedding? {
    let side = RecognitionNetwork.side
    return FaceTemplate.dlib150.alignment(of: face.points, size: side).map { map in
      embedding(of: picture.warped(by: map, width: side, height: side, .area))
    }
  }

  /// What the network gives, of any length.
  func values(of crop: Raster) -> [Float] {
    let side = RecognitionNetwork.side
    precondition(
      crop.width == side && crop.height == side && crop.channels == 3,
      "a crop of \(crop.width)×\(crop.height)×\(crop.channels)")
    return withoutRecording {
      network(Tensor(crop.values, shape: [1, 3, side, side])).array
    }
  }
}
