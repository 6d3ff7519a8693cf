internal import Neural
internal import QRSteganography
internal import WeightFiles

/// What to take from another program's file.
public struct ImportOptions: Sendable {
  /// The model that the weights are for.
  public var model: String
  /// The dotted path of the part of the file that holds them; `nil` finds it.
  public var part: String?

  public init(model: String) { self.model = model }
}

/// Turns weights that another program saved into a weight file of a model.
///
/// Every array is renamed by the model's table; all names and shapes must fit.
///
/// - Throws: ``PipelineError/unfit(path:model:details:)`` with everything that does not fit.
public func importWeights(
  _ input: String, to output: String, options: ImportOptions
) throws {
  let model = try StegoModelName(asked: options.model)
  let checkpoint = try Checkpoint(path: input, part: options.part)
  let (arrays, collisions) = StegoNetwork.foreignNames.renamed(checkpoint.arrays)
  let network = StegoNetwork(model)
  var details = collisions
  do throws(WeightError) {
    try network.load(arrays, from: input)
  } catch .mismatch(_, let mismatches) {
    details += mismatches
  }
  guard details.isEmpty else {
    throw PipelineError.unfit(path: input, model: model.rawValue, details: details)
  }
  try write(network, of: model, to: output)
}

/// Writes the weights of a model, in single precision.
func write(_ network: StegoNetwork, of model: StegoModelName, to path: String) throws {
  do {
    try WeightFile.write(
      network, metadata: ["model": model.rawValue], precision: .single, path: path)
  } catch {
    throw PipelineError.unwritable(path: path, reason: sentence(for: error))
  }
}
