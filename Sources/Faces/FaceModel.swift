public import Neural
internal import Tensors

/// The models of faces, by the names of their weight files.
public enum FaceModel: String, CaseIterable, Sendable {
  /// The three networks of ``MTCNN``.
  case proposal = "mtcnn-pnet"
  case refinement = "mtcnn-rnet"
  case output = "mtcnn-onet"
  /// The network of ``S3FD``.
  case s3fd
  /// The network of ``SSD``.
  case ssd
  /// The network of ``FaceAligner``.
  case fan
  /// The network of ``FaceParser``.
  case bisenet
  /// The network of ``LandmarkFinder``.
  case landmarks68
  /// The network of ``FaceSegmenter``.
  case faceparser
  /// The network of ``FaceRecognizer``.
  case recognition = "dlib-face-recognition"

  /// The model, without weights.
  public var portable: PortableModel {
    switch self {
    case .proposal:
      let network = ProposalNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 240, 320]), outputs: ["score", "box"],
        sides: .init(smallest: 12, multiple: 1), foreignNames: ProposalNetwork.renaming
      ) {
        let (score, box) = network($0)
        return [score, box]
      }
    case .refinement:
      let network = RefinementNetwork()
      return PortableModel(
        rawValue, network, input: ("windows", [1, 3, 24, 24]), outputs: ["score", "box"],
        foreignNames: RefinementNetwork.renaming
      ) {
        let (score, box) = network($0)
        return [score, box]
      }
    case .output:
      let network = OutputNetwork()
      return PortableModel(
        rawValue, network, input: ("windows", [1, 3, 48, 48]), outputs: ["score", "box", "points"],
        foreignNames: OutputNetwork.renaming
      ) {
        let (score, box, points) = network($0)
        return [score, box, points]
      }
    case .s3fd:
      let network = S3FDNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 480, 640]),
        outputs: (0..<6).flatMap { ["score.\(4 << $0)", "box.\(4 << $0)"] },
        sides: .init(smallest: 32, multiple: 32), foreignNames: S3FDNetwork.renaming
      ) { network($0).flatMap { [$0.score, $0.box] } }
    case .ssd:
      let network = SSDNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, SSDNetwork.side, SSDNetwork.side]),
        outputs: PriorBoxes.all.map { Int($0.sizes[0].x) }.flatMap {
          ["score.\($0)", "box.\($0)"]
        },
        sides: .init(smallest: 259, multiple: 1), foreignNames: SSDNetwork.renaming
      ) { network($0).flatMap { [$0.score, $0.box] } }
    case .fan:
      let network = FaceAlignmentNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 256, 256]), outputs: ["heat"],
        sides: .init(smallest: 64, multiple: 64), foreignNames: FaceAlignmentNetwork.renaming
      ) { [network($0)] }
    case .bisenet:
      let network = BiSeNet()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 512, 512]), outputs: ["classes"],
        sides: .init(smallest: 32, multiple: 32), foreignNames: BiSeNet.renaming
      ) { [network($0).final] }
    case .landmarks68:
      let network = LandmarkNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 64, 64]), outputs: ["points"]
      ) { [network($0)] }
    case .faceparser:
      let network = SegmentationNetwork()
      return PortableModel(
        rawValue, network, input: ("pictures", [1, 3, 96, 96]), outputs: ["regions"]
      ) { [network($0)] }
    case .recognition:
      let (network, side) = (RecognitionNetwork(), RecognitionNetwork.side)
      return PortableModel(
        rawValue, network, input: ("crops", [1, 3, side, side]), outputs: ["embedding"],
        foreignNames: RecognitionNetwork.renaming
      ) { [network($0)] }
    }
  }
}
