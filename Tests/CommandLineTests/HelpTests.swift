import Foundation
import Testing

struct HelpTests {
  @Test func `the program tells its commands`() throws {
    let outcome = try Program.run("--help", weights: nil)
    #expect(outcome.status == 0)
    #expect(
      outcome.text == """
        OVERVIEW: Marks synthetic media with a hidden code and finds it again.

        Exit status: 0 done, or a mark was found; 1 verify found no mark, or emote or
        detect no face; 2 wrong use; 3 input that cannot be read; 70 internal error; 73
        output that cannot be written.

        USAGE: palimpsest <subcommand>

        OPTIONS:
          -h, --help              Show help information.

        SUBCOMMANDS:
          embed                   Hides a code in a still or in every frame of a clip.
          verify                  Looks for a mark and says what it says.
          emote                   Gives the faces in a still or a film another emotion.
          detect                  Tells what is seen in your pictures and films.
          train                   Trains networks on your pictures and clips.
          evaluate                Measures models on your pictures and clips.
          models                  Tells what the models are, takes weights in and gives
                                  them out.
          bench                   Measures the throughput of the networks on this
                                  machine.

          See 'palimpsest help <subcommand>' for detailed help.

        """)
  }

  @Test(arguments: [
    (
      ["embed"],
      """
      <input> --output <output> [--text <text>] [--model <model>] [--weights <file>] \
      [--codec <codec>] [--quality <quality>] [--preset <preset>] [--preview <file.png>] [--json]
      """
    ),
    (
      ["verify"],
      "<input> [--model <model>] [--weights <file>] [--report <dir>] [--json]"
    ),
    (["emote"], "[<options>] <input> --to <to> --output <output>"),
    (
      ["detect", "emotion"],
      "<input> [--face <face>] [--classifier-a <file>] [--classifier-b <file>] [--json]"
    ),
    (["models", "list"], "[--json]"),
    (["models", "show"], "<name> [--json]"),
    (
      ["models", "import"], "<file> --model <model> [--part <part>] --output <out.safetensors>"
    ),
    (
      ["models", "export"],
      "<model> [--network <network>] [--size <widthxheight>] --output <out>"
    ),
    (["bench"], "[--model <model>] [--json]"),
  ])
  func `every command tells its options`(_ command: [String], _ options: String) throws {
    let outcome =
      command.count == 1
      ? try Program.run("help", command[0], weights: nil)
      : try Program.run("help", command[0], command[1], weights: nil)
    #expect(outcome.status == 0)
    let usage = outcome.text.split(separator: "\n").first { $0.hasPrefix("USAGE:") }
    #expect(usage == "USAGE: palimpsest \(command.joined(separator: " ")) \(options)")
  }

  @Test(arguments: [["frob"], ["embed"], ["verify"], ["train", "stego"], ["embed", "a", "b"]])
  func `wrong use is one sentence and status 2`(_ arguments: [String]) throws {
    let folder = try Folder()
    let process = try Program.start(
      arguments, weights: nil, output: folder.file("out"), error: folder.file("err"))
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    let error = try String(contentsOfFile: folder.file("err"), encoding: .utf8)
    #expect(error.hasPrefix("palimpsest: ") && error.split(separator: "\n").count == 1, "\(error)")
  }
}
