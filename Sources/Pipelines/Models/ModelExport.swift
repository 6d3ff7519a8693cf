internal import Foundation
internal import Neural
internal import ONNX
internal import Tensors

/// How a model is written for other programs.
public struct ExportOptions: Sendable {
  /// Which network of a model that has several, as an ONNX file holds one.
  public var network: String?
  /// `WIDTHxHEIGHT` of the pictures that an ONNX file is for, where the network takes several sizes.
  public var size: String?

  public init() {}
}

/// Writes a model for other programs: its weights as safetensors in single precision, or one of its
/// networks as ONNX.
///
/// - Parameters:
///   - input: The name of an installed model, or a weight file that says which model it is of.
///   - output: A file whose name ends in `.safetensors` or `.onnx`.
public func exportModel(
  _ input: String, to output: String, options: ExportOptions = ExportOptions(),
  in store: ModelStore = .standard
) throws {
  let isGraph = output.hasSuffix(".onnx")
  guard isGraph || output.hasSuffix(".safetensors") else {
    throw PipelineError.wrongUse(
      "cannot write \(output): its name must end in .safetensors or .onnx")
  }
  guard isGraph || (options.network == nil && options.size == nil) else {
    throw PipelineError.wrongUse("only an ONNX file holds one network and is for one size")
  }
  let model = try loaded(input, in: store)
  guard isGraph else { return try write(model, to: output) }
  let network = try chosen(from: model, options)
  let bytes = try onnxModel(
    name: model.networks.count == 1 ? model.name : "\(model.name) \(network.name)",
    inputs: network.inputs.map { ($0.name, Tensor(repeating: 0.5, shape: $0.shape)) },
    parameters: model.module.parameters, outputs: network.outputs, network.run)
  do {
    try Data(bytes).write(to: URL(fileURLWithPath: output), options: .atomic)
  } catch {
    throw PipelineError.unwritable(path: output, reason: sentence(for: error))
  }
}

/// The network that is meant, at the size that is meant.
private func chosen(
  from model: PortableModel, _ options: ExportOptions
) throws(PipelineError) -> PortableNetwork {
  let names = model.networks.map(\.name).joined(separator: " or ")
  guard let asked = options.network ?? (model.networks.count == 1 ? names : nil),
    let network = model.networks.first(where: { $0.name == asked })
  else {
    throw .wrongUse("an ONNX file of \(model.name) holds one network: \(names)")
  }
  guard let size = options.size else { return network }
  guard let sides = network.sides else {
    throw .wrongUse("\(network.name) takes pictures of one size only")
  }
  let parts = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
  guard parts.count == 2, let width = parts[0], let height = parts[1],
    sides.contain(Extent(height: height, width: width))
  else {
    throw .wrongUse(
      "\(network.name) takes pictures of WIDTHxHEIGHT, both multiples of \(sides.multiple) and at "
        + "least \(sides.smallest), not of \(size)")
  }
  return network.sized(Extent(height: height, width: width))
}

/// The model that is meant, with its weights.
private func loaded(_ input: String, in store: ModelStore) throws -> PortableModel {
  let isName = KnownModel.all.contains { $0.name == input }
  guard isName || FileManager.default.fileExists(atPath: input) else {
    throw PipelineError.wrongUse(
      "\(input) is no file, nor one of the models \(KnownModel.names)")
  }
  let path = isName ? try store.weightsPath(named: input) : input
  let weights = try WeightFile(path: path)
  guard let name = isName ? input : weights.metadata["model"] else {
    throw PipelineError.unreadable(path: path, reason: "it does not say which model it is of")
  }
  let model = try KnownModel.asked(name).portable(weights.metadata, path)
  try weights.load(into: model.module)
  return model
}
