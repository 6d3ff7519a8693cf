internal import Foundation
internal import Neural
internal import QRSteganography

/// What can be said of a model without running it.
public struct ModelListing: Sendable {
  public let name: String
  /// What it is the default for.
  public let use: String
  /// The installed weight file, if there is one, and its size in bytes.
  public let weights: (path: String, bytes: Int)?
  /// Numbers that the weight file of encoder and decoder holds.
  public let parameters: (encoder: Int, decoder: Int)
  /// Billions of multiplications with addition per frame.
  public let gmac: (encoder: Double, decoder: Double)
  /// The side of the square picture that the networks work on.
  public let workingSize: Int
  /// The model card, in Markdown.
  public let card: String?

  /// All models, installed or not.
  public static func all(in store: ModelStore = .standard) -> [ModelListing] {
    StegoModelName.allCases.map { ModelListing($0, in: store) }
  }

  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no model of this name.
  public init(name: String, in store: ModelStore = .standard) throws {
    self.init(try StegoModelName(asked: name), in: store)
  }

  init(_ model: StegoModelName, in store: ModelStore) {
    name = model.rawValue
    use = model == .forStills ? "stills" : "clips"
    weights = (try? store.weightsPath(of: model)).map { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (path, attributes?[.size] as? Int ?? 0)
    }
    let network = StegoNetwork(model)
    func count(_ part: some Module) -> Int {
      part.parameters.reduce(0) { $0 + $1.parameter.shape.reduce(1, *) }
    }
    parameters = (count(network.encoder), count(network.decoder))
    let cost = StegoDesign.of(model).multiplications
    gmac = (Double(cost.encoder) / 1e9, Double(cost.decoder) / 1e9)
    workingSize = StegoDesign.workingSize
    card = store.card(of: model)
  }

  public var json: JSONValue {
    .object([
      ("name", .string(name)), ("defaultFor", .string(use)),
      ("weights", .optional(weights?.path)),
      ("bytes", weights.map { .integer($0.bytes) } ?? .null),
      ("workingSize", .integer(workingSize)),
      ("parameters", Self.pair(.integer(parameters.encoder), .integer(parameters.decoder))),
      (
        "gmac",
        Self.pair(
          .number(gmac.encoder.rounded(digits: 3)), .number(gmac.decoder.rounded(digits: 3)))
      ),
      ("card", .optional(card)),
    ])
  }

  /// One line of a table; ``tableHeader`` names its columns.
  public var tableLine: String {
    let size = weights.map { "\((Double($0.bytes) / 1e6).rounded(digits: 1)) MB" } ?? "missing"
    let numbers = [parameters.encoder, parameters.decoder].map {
      "\((Double($0) / 1e6).rounded(digits: 2))"
    }
    let costs = [gmac.encoder, gmac.decoder].map { "\($0.rounded(digits: 2))" }
    return aligned([
      name, use, size, numbers.joined(separator: " + "), costs.joined(separator: " + "),
    ])
  }

  public static let tableHeader = aligned([
    "model", "default for", "weights", "parameters, M", "GMAC per frame",
  ])

  private static func pair(_ encoder: JSONValue, _ decoder: JSONValue) -> JSONValue {
    .object([("encoder", encoder), ("decoder", decoder)])
  }
}

/// Cells under one another at the width of the longest that are expected.
private func aligned(_ cells: [String]) -> String {
  let widths = [12, 13, 10, 15, 0]
  return zip(cells, widths).map { cell, width in
    cell + String(repeating: " ", count: max(0, width - cell.count))
  }.joined()
}
