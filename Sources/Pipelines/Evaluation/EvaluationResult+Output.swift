internal import Foundation

extension EvaluationResult {
  public var json: JSONValue {
    .object([
      ("model", .string(model)), ("text", .string(text)), ("stills", stills.json),
      ("clips", clips.json), ("failures", .array(failures.map { .string($0) })),
      ("seconds", .number(seconds.rounded(digits: 1))),
    ])
  }

  /// Tables for people.
  public var table: String {
    var lines = ["\(model), text of \(text.utf8.count) bytes"]
    if !stills.rows.isEmpty { lines += [""] + stills.lines }
    if clips.pieces > 0 { lines += [""] + clips.lines }
    return lines.joined(separator: "\n")
  }
}

extension StillEvaluation {
  var json: JSONValue {
    .object([
      ("count", .integer(rows.count)),
      ("psnr", .number(meanPSNR.rounded(digits: 3))),
      ("falsePositives", .integer(falsePositives)),
      ("attacks", .array(zip(Self.attacks, tallies).map { $1.json($0.name) })),
      (
        "pictures",
        .array(
          rows.map { row in
            .object([
              ("path", .string(row.path)), ("psnr", .number(row.psnr.rounded(digits: 3))),
              ("read", .boolean(row.isRead)), ("readAfterNoise", .boolean(row.isReadAfterNoise)),
            ])
          })
      ),
    ])
  }

  var lines: [String] {
    let table4 = rows.map { row in
      let name = printable(URL(fileURLWithPath: row.path).lastPathComponent)
      return cells([
        name, fixed(row.psnr), row.isRead ? "yes" : "no", row.isReadAfterNoise ? "yes" : "no",
      ])
    }
    let psnrs = rows.map(\.psnr)
    return [cells(["picture", "PSNR, dB", "read", "after noise"])] + table4 + [
      "",
      "mean PSNR \(fixed(meanPSNR)) dB, lowest \(fixed(psnrs.min() ?? .nan)) dB, "
        + "\(falsePositives) of \(rows.count) unmarked pictures taken for marked",
      "",
      cells(["attack", "read", "of", "modules wrong"]),
    ]
      + zip(Self.attacks, tallies).map { attack, tally in
        cells([
          attack.name, String(tally.read), String(tally.count), percent(tally.moduleErrorRate),
        ])
      }
  }
}

extension ClipEvaluation {
  var json: JSONValue {
    .object([
      ("pieces", .integer(pieces)), ("frames", .integer(frames)),
      ("psnr", pieces == 0 ? .null : .number(psnr.rounded(digits: 3))),
      ("falsePositiveFrames", .integer(falsePositives.frames)),
      ("falsePositivePieces", .integer(falsePositives.pieces)),
      ("clean", clean.json("none")),
      (
        "attacks",
        .array(
          zip(Self.rates, attacked).map { rate, tallies in
            .object([
              ("attack", .string(Attack.h264(rate).name)),
              ("frames", tallies.single.json("frame by frame")),
              ("pieces", tallies.whole.json("piece by piece")),
            ])
          })
      ),
    ])
  }

  var lines: [String] {
    [
      "\(pieces) pieces of clips, \(frames) frames, PSNR \(fixed(psnr)) dB; unmarked taken for "
        + "marked: \(falsePositives.frames) frames, \(falsePositives.pieces) pieces",
      "",
      cells(["attack", "frames read", "modules wrong", "pieces read", "modules wrong"]),
      cells(["none", percent(clean.share), percent(clean.moduleErrorRate), "", ""]),
    ]
      + zip(Self.rates, attacked).map { rate, tallies in
        cells([
          Attack.h264(rate).name, percent(tallies.single.share),
          percent(tallies.single.moduleErrorRate),
          "\(tallies.whole.read) of \(tallies.whole.count)",
          percent(tallies.whole.moduleErrorRate),
        ])
      }
  }
}

private func fixed(_ value: Double) -> String { String(format: "%.2f", value) }

private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

/// The first cell to the left, the others to the right.
private func cells(_ texts: [String]) -> String {
  texts.enumerated().map { index, text in
    let padding = String(repeating: " ", count: max(0, (index == 0 ? 28 : 15) - text.count))
    return index == 0 ? text + padding : padding + text
  }.joined()
}
