internal import ArgumentParser
internal import Pipelines

struct Palimpsest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Marks synthetic media with a hidden code and finds it again.",
    discussion: """
      Exit status: 0 done, or a mark was found; 1 verify found no mark, or emote or detect no \
      face; 2 wrong use; 3 input that cannot be read; 70 internal error; 73 output that cannot be \
      written.
      """,
    subcommands: [
      Embed.self, Verify.self, Emote.self, Detect.self, Train.self, Evaluate.self, Models.self,
      Bench.self,
    ])
}
