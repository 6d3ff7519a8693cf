internal import Foundation
internal import Neural
internal import ONNX
internal import QRSteganography
internal import Tensors
internal import WeightFiles

/// Which network of a pair.
private enum NetworkRole: String {
  case encoder, decoder
}

/// Writes a model for other programs: its weights as safetensors in single precision, or one of its
/// networks as ONNX.
///
/// - Parameters:
///   - input: The name of an installed model, or a weight file that says which model it is of.
///   - output: A file whose name ends in `.safetensors` or `.onnx`.
///   - network: What an ONNX file is to hold: `encoder`, from `cover` and `code` to `residual`, or
///     `decoder`, from `marked` to `logits`.
public func exportModel(
  _ input: String, to output: String, network: String? = nil,
  in store: ModelStore = .standard
) throws {
  let isGraph = output.hasSuffix(".onnx")
  guard isGraph || output.hasSuffix(".safetensors") else {
    throw PipelineError.wrongUse(
      "cannot write \(output): its name must end in .safetensors or .onnx")
  }
  let role = network.flatMap { NetworkRole(rawValue: $0) }
  guard isGraph ? role != nil : network == nil else {
    throw PipelineError.wrongUse(
      "an ONNX file, and no other, holds one network: encoder or decoder")
  }
  let (model, path) = try chosen(input, in: store)
  let networks = StegoNetwork(model)
  try WeightFile(path: path).load(into: networks)
  guard let role else { return try write(networks, of: model, to: output) }
  let bytes = try graph(of: role, in: networks, called: "\(model.rawValue) \(role.rawValue)")
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
  } catch {
    throw PipelineError.unwritable(path: output, reason: sentence(for: error))
  }
}

private func graph(
  of role: NetworkRole, in networks: StegoNetwork, called name: String
) throws(ONNXError) -> [UInt8] {
  func picture(_ channels: Int) -> Tensor {
    let side = StegoDesign.workingSize
    return Tensor(repeating: 0.5, shape: [1, channels, side, side])
  }
  switch role {
  case .encoder:
    return try onnxModel(
      name: name, inputs: [("cover", picture(3)), ("code", picture(1))],
      parameters: networks.parameters, outputs: ["residual"]
    ) { [networks.residual(cover: $0[0], code: $0[1])] }
  case .decoder:
    return try onnxModel(
      name: name, inputs: [("marked", picture(3))], parameters: networks.parameters,
      outputs: ["logits"]
    ) { [networks.logits(marked: $0[0])] }
  }
}

/// The model that is meant, and its weights.
private func chosen(
  _ input: String, in store: ModelStore
) throws -> (model: StegoModelName, path: String) {
  if let model = StegoModelName(rawValue: input) {
    return (model, try store.weightsPath(of: model))
  }
  guard FileManager.default.fileExists(atPath: input) else {
    return (try StegoModelName(asked: input), input)
  }
  guard let model = try WeightFile(path: input).metadata["model"].flatMap(StegoModelName.init)
  else {
    throw PipelineError.unreadable(path: input, reason: "it does not say which model it is of")
  }
  return (model, input)
}
