import Neural
import Tensors

@testable import Faces

extension Computation {
  /// Whole networks, small, with all of their answers in one row.
  static let networks: [Computation] = [
    layer("a proposal network", [1, 3, 23, 29]) {
      ProposalNetwork()
    } run: {
      let (score, box) = $0($1)
      return row([score, box])
    },
    layer("a refinement network", [2, 3, 24, 24]) {
      RefinementNetwork()
    } run: {
      let (score, box) = $0($1)
      return row([score, box])
    },
    layer("an output network", [1, 3, 48, 48]) {
      OutputNetwork()
    } run: {
      let (score, box, points) = $0($1)
      return row([score, box, points])
    },
    layer("a detector at six sizes", [1, 3, 64, 96]) {
      S3FDNetwork(width: 4)
    } run: {
      row($0($1).flatMap { [$0.score, $0.box] })
    },
    layer("a detector of ten convolutions", [1, 3, 259, 260]) {
      SSDNetwork(width: 4)
    } run: {
      row($0($1).flatMap { [$0.score, $0.box] })
    },
    layer("a parser of faces", [1, 3, 64, 32]) {
      BiSeNet(classes: 5, width: 8)
    } run: {
      let (final, middle, coarse) = $0($1)
      return row([final, middle, coarse])
    },
    layer("hourglasses", [1, 3, 64, 64]) {
      FaceAlignmentNetwork(stages: 2, width: 8)
    } run: {
      $0($1)
    },
    layer("a finder of landmarks", [1, 3, 64, 64]) {
      LandmarkNetwork()
    } run: {
      $0($1)
    },
    layer("what AlexNet sees", [1, 3, 67, 64]) {
      AlexNetTrunk()
    } run: {
      row($0.maps(of: $1))
    },
    layer("a transformer's layer", [2, 5, 8]) {
      TransformerEncoderLayer(8, heads: 2, inner: 12, normalizesFirst: true)
    } run: {
      $0($1, mask: AttentionMask.lengths([5, 3], places: 5))
    },
  ]

  /// Everything one after another.
  private static func row(_ parts: [Tensor]) -> Tensor {
    concatenated(parts.map { $0.reshaped([$0.count]) }, axis: 0)
  }
}
