public import Neural
internal import SwiftProtobuf
public import Tensors

/// Writes a computation as an ONNX model, by running it once and writing down what it does.
///
/// The model is of operator set 18 and of the shapes that the inputs have. A fused dense block is
/// written as what it stands for: concatenation, normalization, ReLU, convolution. What does not
/// depend on the inputs, such as a weight that is normalized, becomes a constant.
///
/// - Parameters:
///   - name: What the graph is called.
///   - inputs: Stand-ins for what the model will be given; their values do not matter.
///   - parameters: What keeps its name in the model; other constants are numbered.
///   - outputs: What the results are called.
///   - computation: Is given the inputs in order.
/// - Returns: The bytes of the file.
/// - Throws: ``ONNXError/notExportable(_:)`` if an operation has no form in ONNX, and if values that
///   depend on the inputs are looked at: what is done with them cannot be seen.
public func onnxModel(
  name: String, inputs: [(name: String, tensor: Tensor)],
  parameters: [(name: String, parameter: Parameter)], outputs: [String],
  _ computation: ([Tensor]) -> [Tensor]
) throws(ONNXError) -> [UInt8] {
  let run = withoutRecording {
    traced { computation(inputs.map(\.tensor)) }
  }
  precondition(
    run.result.count == outputs.count, "\(outputs.count) names for \(run.result.count) results")
  let dependent = dependentTensors(of: run, on: inputs.map(\.tensor))
  if let read = run.read.first(where: { dependent.contains(TensorKey($0)) }) {
    throw .notExportable("the values of a tensor of \(read.shape) decide what is done")
  }
  var builder = GraphBuilder(
    name: name, inputs: inputs,
    parameters: parameters.filter(\.parameter.isSet).map { ($0.name, $0.parameter.value) })
  for operation in needed(run.operations, for: run.result, among: dependent) {
    try builder.add(operation)
  }
  for (result, name) in zip(run.result, outputs) { builder.finish(result, as: name) }
  builder.prune()

  var model = Onnx_ModelProto()
  model.irVersion = 8
  model.producerName = "palimpsest"
  var operators = Onnx_OperatorSetIdProto()
  operators.version = 18
  model.opsetImport = [operators]
  model.graph = builder.graph
  do {
    return try model.serializedBytes()
  } catch {
    throw .notExportable("\(error)")
  }
}

private func dependentTensors(
  of run: TracedRun<[Tensor]>, on inputs: [Tensor]
) -> Set<TensorKey> {
  var dependent = Set(inputs.map(TensorKey.init))
  for operation in run.operations
  where operation.inputs.contains(where: { dependent.contains(TensorKey($0)) }) {
    dependent.insert(TensorKey(operation.output))
  }
  return dependent
}

/// The operations that results depend on and that depend on inputs, in order.
private func needed(
  _ operations: [TracedOperation], for results: [Tensor], among dependent: Set<TensorKey>
) -> [TracedOperation] {
  var wanted = Set(results.map(TensorKey.init))
  var kept: [TracedOperation] = []
  for operation in operations.reversed() {
    let key = TensorKey(operation.output)
    guard wanted.contains(key), dependent.contains(key) else { continue }
    wanted.formUnion(operation.inputs.map(TensorKey.init))
    kept.append(operation)
  }
  return kept.reversed()
}
