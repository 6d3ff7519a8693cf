internal import Emotion
internal import Faces
internal import Neural
internal import QRSteganography
internal import WeightFiles

/// A model that can be taken in and given out.
struct KnownModel: Sendable {
  let name: String
  /// The model as a weight file's metadata describe it, without weights.
  let portable:
    @Sendable (_ metadata: [String: String], _ path: String) throws(WeightError) -> PortableModel

  static let all: [KnownModel] =
    StegoModelName.allCases.map { name in
      KnownModel(name: name.rawValue) { (_, _) throws(WeightError) in StegoNetwork.portable(name) }
    }
    + EmotionModel.allCases.map { model in
      KnownModel(name: model.rawValue) { (metadata, path) throws(WeightError) in
        try model.portable(metadata, path: path)
      }
    }
    + FaceModel.allCases.map { model in
      KnownModel(name: model.rawValue) { (_, _) throws(WeightError) in model.portable }
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
