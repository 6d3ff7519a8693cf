internal import Emotion
internal import Foundation

extension EmotionEvaluation {
  public var json: JSONValue {
    .object([
      (
        "classifiers",
        .array(
          judgements.map { judgement in
            .object([
              ("name", .string(judgement.name)), ("real", judgement.real.json),
              ("changed", judgement.changed?.json ?? .null),
            ])
          })
      ),
      ("failures", .array(failures.map { .string($0) })),
      ("seconds", .number(seconds.rounded(digits: 1))),
    ])
  }

  /// Tables 6, 7 and 8 of the paper.
  public var table: String {
    var lines = ["faces as they are"] + Self.lines(judgements.map { ($0.name, $0.real) })
    let changed = judgements.compactMap { judgement in
      judgement.changed.map { (judgement.name, $0) }
    }
    if !changed.isEmpty { lines += ["", "changed faces"] + Self.lines(changed) }
    return lines.joined(separator: "\n")
  }

  private static func lines(_ found: [(name: String, matrix: ConfusionMatrix)]) -> [String] {
    guard let emotions = found.first?.matrix.emotions else { return [] }
    let heads = found.flatMap { ["\($0.name) recall", "F1"] }
    let rows = emotions.indices.map { index in
      row(
        emotions[index].rawValue,
        found.flatMap { [$0.matrix.recall(index), $0.matrix.f1(index)].map(percent) })
    }
    let accuracies = found.flatMap { [percent($0.matrix.accuracy), ""] }
    return [row("emotion", heads)] + rows + [row("accuracy", accuracies)]
  }

  private static func row(_ head: String, _ cells: [String]) -> String {
    head.padding(toLength: 12, withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, 20 - $0.count)) + $0 }.joined()
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}

extension ConfusionMatrix {
  var json: JSONValue {
    .object([
      ("faces", .integer(total)), ("accuracy", .number(accuracy.rounded(digits: 4))),
      (
        "emotions",
        .array(
          emotions.indices.map { index in
            .object([
              ("name", .string(emotions[index].rawValue)),
              ("recall", .number(recall(index).rounded(digits: 4))),
              ("f1", .number(f1(index).rounded(digits: 4))),
              ("takenFor", .array(counts[index].map { .integer($0) })),
            ])
          })
      ),
    ])
  }
}
