import Foundation
import ONNX
import Tensors

/// One of ONNX's own tests: a folder with a model, what it is given and what it must answer.
struct NodeTest {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Where `Scripts/onnx-nodes` puts all of them.
  static let folder = repository.appendingPathComponent("Corpus/onnx-nodes")
  /// The names of those that pass.
  static let record = repository.appendingPathComponent("Tests/ONNXTests/passing-nodes.txt")

  static var areFetched: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func all() throws -> [NodeTest] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map(NodeTest.init)
  }

  let name: String

  /// Why the test does not pass, or `nil`.
  ///
  /// Every answer must have the kind and shape that is wanted, and lie within the tolerance that
  /// ONNX's own runner has.
  func fault() -> String? {
    do {
      let model = try GraphModel(try bytes("model.onnx"))
      let (inputs, wanted) = (try values("input"), try values("output"))
      let found = try withoutRecording { try model(inputs) }
      guard found.count == wanted.count else { return "\(found.count) answers" }
      return zip(found, wanted).lazy.compactMap(difference).first
    } catch {
      return "\(error)"
    }
  }

  private func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent("\(name)/\(file)")))
  }

  private func values(_ kind: String) throws -> [GraphValue] {
    try (0...).lazy.map { "test_data_set_0/\(kind)_\($0).pb" }
      .prefix {
        FileManager.default.fileExists(
          atPath: Self.folder.appendingPathComponent("\(name)/\($0)").path)
      }
      .map { try graphValue(try bytes($0)) }
  }

  private func difference(_ found: GraphValue, _ wanted: GraphValue) -> String? {
    guard found.shape == wanted.shape else { return "shape \(found.shape), not \(wanted.shape)" }
    switch (found, wanted) {
    case (.integers(let found), .integers(let wanted)):
      return found == wanted ? nil : "other whole numbers"
    case (.numbers(let found), .numbers(let wanted)), (.booleans(let found), .booleans(let wanted)):
      let worst = zip(found.array, wanted.array).first { found, wanted in
        !(found == wanted || found.isNaN && wanted.isNaN
          || abs(found - wanted) <= 1e-7 + 1e-3 * abs(wanted))
      }
      return worst.map { "\($0.0), not \($0.1)" }
    default: return "another kind of values"
    }
  }
}
