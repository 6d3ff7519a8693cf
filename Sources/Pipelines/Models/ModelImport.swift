internal import Neural
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
  let known = try KnownModel.asked(options.model)
  let metadata = (try? WeightFile(path: input))?.metadata ?? [:]
  let model = try known.portable(metadata, input)
  let checkpoint = try Checkpoint(path: input, part: options.part)
  let (arrays, collisions) = model.foreignNames.renamed(checkpoint.arrays)
  let details = try collisions + load(arrays, into: model.module, from: input)
  guard details.isEmpty else {
    throw PipelineError.unfit(path: input, model: model.name, details: details)
  }
  try write(model, to: output)
}

/// Fills a module with arrays, or tells all that does not fit.
private func load(
  _ arrays: [String: StoredArray], into module: some Module, from path: String
) throws -> [String] {
  do throws(WeightError) {
    try module.load(arrays, from: path)
    return []
  } catch .mismatch(_, let details) {
    return details
  }
}

/// Writes the weights of a model, in single precision.
func write(_ model: PortableModel, to path: String) throws {
  do {
    try WeightFile.write(
      model.module, metadata: model.metadata, precision: .single, path: path)
  } catch {
    throw PipelineError.unwritable(path: path, reason: sentence(for: error))
  }
}
