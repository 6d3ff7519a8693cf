internal import Foundation
public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// A detector of faces by one large network, for small and hidden faces; it gives boxes alone.
///
/// Source: Zhang et al. 2017, "S³FD: Single shot scale-invariant face detector", arXiv:1708.05237; boxes
/// as face-alignment gives them.
public struct S3FD {
  /// The least probability of a face.
  public var threshold: Float
  private let network: S3FDNetwork

  init(network: S3FDNetwork, threshold: Float = 0.5) {
    self.network = network
    self.threshold = threshold
  }

  /// - Parameter path: `s3fd-619a316812.pth`, or another file of the same arrays.
  public init(weightsPath path: String, threshold: Float = 0.5) throws(WeightError) {
    let (arrays, _) = S3FDNetwork.renaming.renamed(try Checkpoint(path: path).arrays)
    self.init(network: S3FDNetwork(), threshold: threshold)
    try network.load(arrays, from: path)
  }

  /// All boxes with how sure they are, surest first.
  ///
  /// - Parameter picture: Red, green and blue in 0…1.
  public func boxes(in picture: Raster) -> [(box: FaceBox, score: Float)] {
    precondition(picture.channels == 3, "faces in \(picture.channels) channels")
    let area = picture.area
    var values = [Float](repeating: 0, count: 3 * area)
    for (channel, mean) in ([104, 117, 123] as [Float]).enumerated() {
      for place in 0..<area {
        values[channel * area + place] = 255 * picture.values[(2 - channel) * area + place] - mean
      }
    }
    let answers = withoutRecording {
      network(Tensor(values, shape: [1, 3, picture.height, picture.width]))
    }
    let found = answers.enumerated().flatMap { level, answer in
      Self.candidates(answer.score, answer.box, stride: Float(4 << level))
    }
    return found.suppressed(limit: 0.3, extra: 1).filter { $0.score > threshold }.map { window in
      (
        FaceBox(
          left: Double(window.left), top: Double(window.top), right: Double(window.right),
          bottom: Double(window.bottom)), window.score
      )
    }
  }

  /// The boxes of one size that are not unlikely.
  static func candidates(_ score: Tensor, _ box: Tensor, stride: Float) -> [FaceCandidate] {
    let (columns, area) = (score.shape[3], score.shape[2] * score.shape[3])
    let (scores, shifts) = (softmax(score, axis: 1).array, box.array)
    return (0..<area).compactMap { place in
      let probability = scores[area + place]
      guard probability > 0.05 else { return nil }
      let side = 4 * stride
      let x = stride * (Float(place % columns) + 0.5) + shifts[place] * 0.1 * side
      let y = stride * (Float(place / columns) + 0.5) + shifts[area + place] * 0.1 * side
      let width = side * exp(0.2 * shifts[2 * area + place])
      let height = side * exp(0.2 * shifts[3 * area + place])
      return FaceCandidate(
        left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2,
        score: probability)
    }
  }
}
