internal import Emotion
internal import Faces
internal import Foundation
internal import Neural
internal import QRSteganography
internal import WeightFiles

/// What can be said of a model without running it.
public struct ModelListing: Sendable {
  public let name: String
  /// What it does, in a few words.
  public let use: String
  /// The installed weight file, if there is one, and its size in bytes.
  public let weights: (path: String, bytes: Int)?
  /// The numbers that the weight file holds for each network; none if only a weight file, which is
  /// not installed, tells the model's size.
  public let parameters: [(network: String, count: Int)]
  /// Billions of multiplications with addition per frame, where a model marks or reads frames.
  public let gmac: [(network: String, count: Double)]
  /// The side of the square picture that a network of marks works on.
  public let workingSize: Int?
  /// The model card, in Markdown.
  public let card: String?

  /// All models, installed or not.
  public static func all(in store: ModelStore = .standard) -> [ModelListing] {
    KnownModel.all.map { ModelListing($0, in: store) }
  }

  /// - Throws: ``PipelineError/wrongUse(_:)`` if there is no model of this name.
  public init(name: String, in store: ModelStore = .standard) throws {
    self.init(try KnownModel.asked(name), in: store)
  }

  init(_ known: KnownModel, in store: ModelStore) {
    name = known.name
    use = known.use
    let path = store.weightsFile(of: known)
    weights = path.map { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      return (path, attributes?[.size] as? Int ?? 0)
    }
    let metadata = path.flatMap { try? WeightFile(path: $0) }?.metadata ?? [:]
    let model = try? known.portable(metadata, path ?? known.name)
    parameters = model?.parameterCounts ?? []
    let design = StegoModelName(rawValue: known.name).map { StegoDesign.of($0).multiplications }
    gmac =
      design.map {
        [("encoder", Double($0.encoder) / 1e9), ("decoder", Double($0.decoder) / 1e9)]
      } ?? []
    workingSize = design.map { _ in StegoDesign.workingSize }
    card = store.card(of: known)
  }

  public var json: JSONValue {
    .object([
      ("name", .string(name)), ("use", .string(use)),
      ("weights", .optional(weights?.path)),
      ("bytes", weights.map { .integer($0.bytes) } ?? .null),
      ("workingSize", workingSize.map { .integer($0) } ?? .null),
      ("parameters", .object(parameters.map { ($0.network, .integer($0.count)) })),
      (
        "gmac",
        gmac.isEmpty
          ? .null : .object(gmac.map { ($0.network, .number($0.count.rounded(digits: 3))) })
      ),
      ("card", .optional(card)),
    ])
  }

  /// One line of a table; ``tableHeader`` names its columns.
  public var tableLine: String {
    let size = weights.map { "\((Double($0.bytes) / 1e6).rounded(digits: 2)) MB" } ?? "missing"
    let numbers = parameters.map { "\((Double($0.count) / 1e6).rounded(digits: 2))" }
    let costs = gmac.map { "\($0.count.rounded(digits: 2))" }
    return aligned([
      name, use, size, numbers.joined(separator: " + "), costs.joined(separator: " + "),
    ])
  }

  public static let tableHeader = aligned([
    "model", "what it does", "weights", "parameters, M", "GMAC per frame",
  ])
}

extension PortableModel {
  /// What each network's parameters add up to; networks of several carry their names before those
  /// of their parameters.
  fileprivate var parameterCounts: [(network: String, count: Int)] {
    networks.map { network in
      let own = module.parameters.filter {
        networks.count == 1 || $0.name.hasPrefix("\(network.name).")
      }
      return (network.name, own.reduce(0) { $0 + $1.parameter.shape.reduce(1, *) })
    }
  }
}

/// Cells under one another at the width of the longest that are expected.
private func aligned(_ cells: [String]) -> String {
  let widths = [22, 38, 10, 16, 0]
  let line = zip(cells, widths).map { cell, width in
    cell + String(repeating: " ", count: max(1, width - cell.count))
  }.joined()
  return String(line.reversed().drop { $0 == " " }.reversed())
}
