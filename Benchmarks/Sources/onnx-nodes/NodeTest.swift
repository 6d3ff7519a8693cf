internal import Foundation
internal import ONNX
internal import Tensors

/// One of ONNX's tests: a model of one node, what it is given and what it must answer.
struct NodeTest {
  private let model: GraphModel
  private let inputs, outputs: [GraphValue]
  private let relative, absolute: Float

  /// Reads a folder that `onnx_nodes.py` wrote.
  init(folder: String) throws {
    func bytes(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }
    func values(_ kind: String) throws -> [GraphValue] {
      try (0...).lazy.map { "\(kind)_\($0).pb" }
        .prefix { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
        .map { try graphValue(try bytes($0)) }
    }
    model = try GraphModel(try bytes("model.onnx"))
    inputs = try values("input")
    outputs = try values("output")
    let tolerances = String(decoding: try bytes("tolerance"), as: UTF8.self).split {
      $0.isWhitespace
    }
    (relative, absolute) = (Float(tolerances[0]) ?? 0, Float(tolerances[1]) ?? 0)
  }

  /// Whether every answer has the kind and shape wanted, and its elements lie within the test's own
  /// tolerance.
  func passes() throws -> Bool {
    let found = try model(inputs)
    return found.count == outputs.count && zip(found, outputs).allSatisfy(agree)
  }

  private func agree(_ found: GraphValue, _ wanted: GraphValue) -> Bool {
    switch (found, wanted) {
    case (.numbers, .numbers), (.integers, .integers), (.booleans, .booleans):
      found.shape == wanted.shape
        && zip(found.tensor.array, wanted.tensor.array).allSatisfy { found, wanted in
          found == wanted || found.isNaN && wanted.isNaN
            || abs(found - wanted) <= absolute + relative * abs(wanted)
        }
    default: false
    }
  }
}
