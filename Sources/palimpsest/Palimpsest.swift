internal import ArgumentParser

@main
struct Palimpsest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Marks synthetic media with a hidden code and finds it again.")
}
