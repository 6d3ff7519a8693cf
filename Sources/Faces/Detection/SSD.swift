internal import Foundation
public import Imaging
internal import Neural
internal import Tensors
public import WeightFiles

/// OpenCV's detector of faces: a small network that sees the whole picture at 300 × 300 samples, for
/// large and middle-sized faces; it gives boxes alone.
///
/// Source: Liu et al. 2016, "SSD: Single shot multibox detector", arXiv:1512.02325; every number as in
/// OpenCV 4, `samples/dnn/face_detector`, and boxes as its `dnn` module gives them for pictures that are
/// resized without rounding to bytes.
public struct SSD {
  /// The least probability of a face.
  public var threshold: Float
  private let network: SSDNetwork

  init(network: SSDNetwork, threshold: Float = 0.5) {
    self.network = network
    self.threshold = threshold
  }

  /// - Parameter path: `res10_300x300_ssd_iter_140000.caffemodel`, the same in half precision, or
  ///   another file of its arrays.
  public init(weightsPath path: String, threshold: Float = 0.5) throws(WeightError) {
    let (arrays, _) = SSDNetwork.renaming.renamed(try Checkpoint(path: path).arrays)
    self.init(network: SSDNetwork(), threshold: threshold)
    try network.load(arrays, from: path)
  }

  /// All boxes with how sure they are, surest first; at most 200, within the picture.
  ///
  /// - Parameter picture: Red, green and blue in 0…1.
  public func boxes(in picture: Raster) -> [(box: FaceBox, score: Float)] {
    precondition(picture.channels == 3, "faces in \(picture.channels) channels")
    let answers = withoutRecording { network(Self.input(picture)) }
    let found = zip(answers, PriorBoxes.all).flatMap { answer, priors in
      Self.candidates(answer.score, answer.box, priors, threshold: threshold)
    }
    let (width, height) = (Double(picture.width), Double(picture.height))
    return found.best(400).suppressed(limit: 0.45).prefix(200).map { window in
      (
        FaceBox(
          left: Double(window.left) * width, top: Double(window.top) * height,
          right: Double(window.right) * width, bottom: Double(window.bottom) * height),
        window.score
      )
    }
  }

  /// Blue, green and red of bytes less their means, stretched to a square.
  private static func input(_ picture: Raster) -> Tensor {
    let colors = Tensor(picture.values, shape: [1, 3, picture.height, picture.width])
    let square = colors.resized(
      to: Extent(SSDNetwork.side), .bilinear(alignCorners: false))
    return square.flipped(axes: [1]) * 255 - Tensor([104, 177, 123], shape: [1, 3, 1, 1])
  }

  /// The boxes of one size that are likely, in sizes of the picture.
  static func candidates(
    _ score: Tensor, _ box: Tensor, _ priors: PriorBoxes, threshold: Float
  ) -> [FaceCandidate] {
    let (columns, area) = (score.shape[3], score.shape[2] * score.shape[3])
    let (scores, shifts) = (score.array, box.array)
    let side = Float(SSDNetwork.side)
    var found: [FaceCandidate] = []
    for place in 0..<area {
      for (index, size) in priors.sizes.enumerated() {
        func shift(_ channel: Int) -> Float { shifts[(4 * index + channel) * area + place] }
        let against = scores[2 * index * area + place]
        let probability = 1 / (1 + exp(against - scores[(2 * index + 1) * area + place]))
        guard probability > threshold else { continue }
        let x = (Float(place % columns) + 0.5) * priors.step + 0.1 * shift(0) * size.x
        let y = (Float(place / columns) + 0.5) * priors.step + 0.1 * shift(1) * size.y
        let (width, height) = (size.x * exp(0.2 * shift(2)), size.y * exp(0.2 * shift(3)))
        func within(_ edge: Float) -> Float { min(max(edge / side, 0), 1) }
        found.append(
          FaceCandidate(
            left: within(x - width / 2), top: within(y - height / 2),
            right: within(x + width / 2), bottom: within(y + height / 2), score: probability))
      }
    }
    return found
  }
}
