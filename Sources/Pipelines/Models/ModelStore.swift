internal import Foundation
internal import QRSteganography

/// Where the weights of the models lie on this machine.
public struct ModelStore: Sendable {
  /// Folders in which `NAME.safetensors` is looked for, in this order.
  public let folders: [String]

  public init(folders: [String]) {
    self.folders = folders
  }

  /// The store of the running program.
  ///
  /// If the environment has `PALIMPSEST_WEIGHTS`, that folder and no other. Else
  /// `../share/palimpsest/weights` beside the executable's folder, then, in every folder above the
  /// executable, `Corpus/weights` and what `Corpus/build` fetched into `Corpus/samples`.
  public static var standard: ModelStore {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    return standard(
      executable: executable ?? CommandLine.arguments.first ?? "",
      environment: ProcessInfo.processInfo.environment)
  }

  static func standard(executable: String, environment: [String: String]) -> ModelStore {
    if let folder = environment["PALIMPSEST_WEIGHTS"], !folder.isEmpty {
      return ModelStore(folders: [folder])
    }
    var folder = URL(fileURLWithPath: executable).standardizedFileURL.deletingLastPathComponent()
    var folders = [
      folder.deletingLastPathComponent().appendingPathComponent("share/palimpsest/weights").path
    ]
    while folder.path != "/" {
      folders.append(folder.appendingPathComponent("Corpus/weights").path)
      folders.append(folder.appendingPathComponent("Corpus/samples").path)
      folder.deleteLastPathComponent()
    }
    return ModelStore(folders: folders)
  }

  /// The file with the weights of a model.
  ///
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if it is in none of the folders.
  func weightsPath(of name: StegoModelName) throws(PipelineError) -> String {
    try weightsPath(named: name.rawValue)
  }

  /// The file with the weights of a model of any kind.
  ///
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if it is in none of the folders.
  func weightsPath(named name: String) throws(PipelineError) -> String {
    try path(of: "\(name).safetensors")
  }

  /// A file of weights.
  ///
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if it is in none of the folders.
  func path(of fileName: String) throws(PipelineError) -> String {
    if let path = file(fileName) { return path }
    throw .unreadable(
      path: fileName,
      reason: "it is not in \(places); an option or PALIMPSEST_WEIGHTS says where it is")
  }

  /// The folders in words.
  var places: String {
    folders.count == 1 ? folders[0] : "any weights folder beside or above the program"
  }

  func hasWeights(of name: StegoModelName) -> Bool { hasWeights(named: name.rawValue) }

  func hasWeights(named name: String) -> Bool { file("\(name).safetensors") != nil }

  /// The weights of a model, ours or as they were published, if they are in a folder.
  func weightsFile(of model: KnownModel) -> String? {
    ["safetensors", "pt", "dat"].lazy.compactMap { file("\(model.name).\($0)") }.first
  }

  /// The card that describes a model, if it lies beside the weights.
  func card(of model: KnownModel) -> String? {
    file("\(model.name).md").flatMap { try? String(contentsOfFile: $0, encoding: .utf8) }
  }

  /// A model, with the weights of the store or of a file.
  func model(_ name: StegoModelName, weights: String?) throws -> StegoModel {
    try StegoModel(name, weightsPath: weights ?? weightsPath(of: name))
  }

  /// The first of the folders' files of a name.
  func file(_ name: String) -> String? {
    folders.map { "\($0)/\(name)" }.first { FileManager.default.fileExists(atPath: $0) }
  }
}

extension StegoModelName {
  /// The model that marks stills unless another is asked for.
  static let forStills = StegoModelName.dense103
  /// The model that marks clips unless another is asked for.
  static let forVideo = StegoModelName.denseFast

  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no model of this name.
  init(asked name: String) throws(PipelineError) {
    guard let known = StegoModelName(rawValue: name) else {
      let names = StegoModelName.allCases.map(\.rawValue).joined(separator: " and ")
      throw .wrongUse("there is no model \(name), only \(names)")
    }
    self = known
  }
}
