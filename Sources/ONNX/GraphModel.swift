internal import Foundation
internal import SwiftProtobuf
internal import Tensors

/// An ONNX model that runs on this engine, node by node.
///
/// For checks and for comparison with other programs: shapes that the operators do not allow trap,
/// as those of any operation here do.
public struct GraphModel {
  private let graph: Onnx_GraphProto
  private let version: Int
  private let constants: [String: GraphValue]

  /// What the model is given, in order; constants not among it.
  public var inputs: [String] {
    graph.input.map(\.name).filter { constants[$0] == nil }
  }

  public var outputs: [String] { graph.output.map(\.name) }

  var constantNames: Set<String> { Set(constants.keys) }

  /// The operators that it uses.
  public var operators: Set<String> { Set(graph.node.map(\.opType)) }

  /// - Throws: ``ONNXError`` if the bytes are no model, or if its constants cannot be read.
  public init(_ bytes: [UInt8]) throws(ONNXError) {
    guard let model = try? Onnx_ModelProto(serializedBytes: bytes), model.hasGraph else {
      throw .unreadable("these bytes are no model")
    }
    graph = model.graph
    let standard = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    version = standard.map { Int($0.version) } ?? 1
    var constants: [String: GraphValue] = [:]
    for tensor in graph.initializer { constants[tensor.name] = try GraphValue(tensor) }
    self.constants = constants
  }

  /// Runs the model.
  ///
  /// - Parameter given: A value for each of ``inputs``.
  /// - Returns: The values of ``outputs``, in order.
  /// - Throws: ``ONNXError/unsupported(operator:reason:)`` for an operator that is not known, or not
  ///   in the way it is used.
  public func callAsFunction(_ given: [GraphValue]) throws(ONNXError) -> [GraphValue] {
    guard given.count == inputs.count else {
      throw .unreadable("\(given.count) values for the inputs \(inputs)")
    }
    return try GraphRun(version: version)(graph, constants.merging(zip(inputs, given)) { $1 })
  }
}

/// Reads a tensor in a file of its own, as ONNX's tests have them.
public func graphValue(_ bytes: [UInt8]) throws(ONNXError) -> GraphValue {
  guard let tensor = try? Onnx_TensorProto(serializedBytes: bytes) else {
    throw .unreadable("these bytes are no tensor")
  }
  return try GraphValue(tensor)
}
