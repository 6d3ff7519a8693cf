public import Neural
internal import SwiftProtobuf
public import Tensors

/// Writes a computation as an ONNX model, by running it once and writing down what it does.
///
/// The model is of operator set 17 and of the shapes that the inputs have. A fused dense block is
/// written as what it stands for: concatenation, normalization, ReLU, convolution.
///
/// - Parameters:
///   - name: What the graph is called.
///   - inputs: Stand-ins for what the model will be given; their values do not matter.
///   - parameters: What keeps its name in the model; other constants are numbered.
///   - output: What the result is called.
///   - computation: Is given the inputs in order.
/// - Returns: The bytes of the file.
/// - Throws: ``ONNXError/notExportable(_:)`` if an operation has no name in a trace.
public func onnxModel(
  name: String, inputs: [(name: String, tensor: Tensor)],
  parameters: [(name: String, parameter: Parameter)], output: String,
  _ computation: ([Tensor]) -> Tensor
) throws(ONNXError) -> [UInt8] {
  let (result, operations) = withoutRecording {
    traced { computation(inputs.map(\.tensor)) }
  }
  var builder = GraphBuilder(
    name: name, inputs: inputs,
    parameters: parameters.filter(\.parameter.isSet).map { ($0.name, $0.parameter.value) })
  for operation in needed(operations, for: result) { try builder.add(operation) }
  builder.finish(result, as: output)

  var model = Onnx_ModelProto()
  model.irVersion = 8
  model.producerName = "palimpsest"
  var operators = Onnx_OperatorSetIdProto()
  operators.version = 17
  model.opsetImport = [operators]
  model.graph = builder.graph
  do {
    return try model.serializedBytes()
  } catch {
    throw .notExportable("\(error)")
  }
}

/// The operations that a result depends on, in order.
private func needed(_ operations: [TracedOperation], for result: Tensor) -> [TracedOperation] {
  var wanted: Set<TensorKey> = [TensorKey(result)]
  var kept: [TracedOperation] = []
  for operation in operations.reversed() where wanted.contains(TensorKey(operation.output)) {
    wanted.formUnion(operation.inputs.map(TensorKey.init))
    kept.append(operation)
  }
  return kept.reversed()
}
