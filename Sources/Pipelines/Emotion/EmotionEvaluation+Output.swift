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
      ("identity", identity?.json ?? .null),
      ("failures", .array(failures.map { .string($0) })),
      ("seconds", .number(seconds.rounded(digits: 1))),
    ])
  }

  /// Tables 6, 7 and 8 of the paper, the confusion matrices of its figures 4 and 5, and cosines of
  /// embeddings.
  public var table: String {
    let real = judgements.map { ($0.name, $0.real) }
    let changed = judgements.compactMap { judgement in
      judgement.changed.map { (judgement.name, $0) }
    }
    var parts = [["faces as they are (table 6)"] + Self.scores(real)]
    parts.append(
      ["accuracy (table 7)"] + real.map { Self.row($0.0, [percent($0.1.accuracy)]) })
    if !changed.isEmpty { parts.append(["changed faces (table 8)"] + Self.scores(changed)) }
    for (title, found) in [("faces as they are", real), ("changed faces", changed)] {
      for (name, matrix) in found {
        parts.append(["\(title), confusion by \(name)"] + Self.confusion(matrix))
      }
    }
    if let identity { parts.append(identity.lines) }
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private static func scores(_ found: [(name: String, matrix: ConfusionMatrix)]) -> [String] {
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

  /// A row for each emotion shown, a column for each that it was taken for.
  private static func confusion(_ matrix: ConfusionMatrix) -> [String] {
    let names = matrix.emotions.map(\.rawValue)
    return [row("", names, width: 10)]
      + zip(names, matrix.counts).map { name, counts in
        let whole = Double(max(1, counts.reduce(0, +)))
        return row(name, counts.map { percent(Double($0) / whole) }, width: 10)
      }
  }

  private static func row(_ head: String, _ cells: [String], width: Int = 20) -> String {
    head.padding(toLength: max(12, head.count), withPad: " ", startingAt: 0)
      + cells.map { String(repeating: " ", count: max(1, width - $0.count)) + $0 }.joined()
  }
}

private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

extension IdentityEvaluation {
  var json: JSONValue {
    .object([
      ("onePerson", onePerson.json), ("twoPeople", twoPeople.json),
      (
        "changed",
        .array(
          changed.map { emotion, sample in
            .object([("name", .string(emotion.rawValue)), ("cosine", sample.json)])
          })
      ),
    ])
  }

  fileprivate var lines: [String] {
    let rows =
      [("two photographs of one person", onePerson), ("photographs of two people", twoPeople)]
      + changed.map { ("a photograph and itself made \($0.emotion.rawValue)", $0.sample) }
    return ["cosine of embeddings                            pairs      mean deviation"]
      + rows.map { name, sample in
        name.padding(toLength: 44, withPad: " ", startingAt: 0)
          + String(format: "%9d%10.3f%10.3f", sample.count, sample.mean, sample.deviation)
      }
  }
}

extension IdentityEvaluation.Sample {
  fileprivate var json: JSONValue {
    .object([
      ("pairs", .integer(count)), ("mean", .number(mean.rounded(digits: 4))),
      ("deviation", .number(deviation.rounded(digits: 4))),
    ])
  }
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
