internal import ArgumentParser
internal import Pipelines

struct Models: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what the models are, takes weights in and gives them out.",
    subcommands: [ListModels.self, ShowModel.self, ImportModel.self, ExportModel.self])
}

struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the models, their sizes and costs.")

  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    let models = ModelListing.all()
    let text =
      json
      ? JSONValue.object([("models", .array(models.map(\.json)))]).text
      : ([ModelListing.tableHeader] + models.map(\.tableLine)).joined(separator: "\n")
    try writeStandardOutput(text + "\n")
  }
}

struct ShowModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a model with its card.")

  @Argument(help: "A name that 'models list' prints.")
  var name: String
  @Flag(help: "Print one JSON object on standard output.")
  var json = false

  func run() throws {
    let model = try ModelListing(name: name)
    let lines = [ModelListing.tableHeader, model.tableLine, "", model.card ?? "It has no card."]
    try writeStandardOutput((json ? model.json.text : lines.joined(separator: "\n")) + "\n")
  }
}
