internal import Emotion
internal import Faces
internal import Neural
internal import QRSteganography
internal import WeightFiles

/// A model that can be taken in and given out.
struct KnownModel: Sendable {
  let name: String
  /// What it does, in a few words.
  let use: String
  /// The model as a weight file's metadata describe it, without weights.
  let portable:
    @Sendable (_ metadata: [String: String], _ path: String) throws(WeightError) -> PortableModel

  static let all: [KnownModel] =
    StegoModelName.allCases.map { name in
      KnownModel(name: name.rawValue, use: name.use) { (_, _) throws(WeightError) in
        StegoNetwork.portable(name)
      }
    }
    + EmotionModel.allCases.map { model in
      KnownModel(name: model.rawValue, use: model.use) { (metadata, path) throws(WeightError) in
        try model.portable(metadata, path: path)
      }
    }
    + FaceModel.allCases.map { model in
      KnownModel(name: model.rawValue, use: model.use) { (_, _) throws(WeightError) in
        model.portable
      }
    }

  static var names: String { all.map(\.name).joined(separator: ", ") }

  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no model of this name.
  static func asked(_ name: String) throws(PipelineError) -> KnownModel {
    guard let known = all.first(where: { $0.name == name }) else {
      throw .wrongUse("there is no model \(name), only \(names)")
    }
    return known
  }
}

extension StegoModelName {
  fileprivate var use: String {
    switch self {
    case .forStills: "marks stills and reads marks"
    default: "marks clips and reads marks"
    }
  }
}

extension EmotionModel {
  fileprivate var use: String {
    switch self {
    case .classifierA: "recognizes emotions, guides emodnn"
    case .classifierB: "recognizes emotions, independently"
    case .emodnn: "changes the emotion of a face"
    case .discriminator: "judges emodnn while it is trained"
    }
  }
}

extension FaceModel {
  fileprivate var use: String {
    switch self {
    case .proposal: "finds faces, first of MTCNN's three"
    case .refinement: "finds faces, second of MTCNN's three"
    case .output: "finds faces, last of MTCNN's three"
    case .s3fd, .ssd: "finds faces"
    case .fan: "finds 68 points in a face"
    case .bisenet: "tells 19 parts of a face apart"
    case .landmarks68: "finds 68 points in a face"
    case .faceparser: "tells six parts of a face apart"
    case .recognition: "tells people apart"
    }
  }
}
