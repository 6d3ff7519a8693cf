internal import Foundation
internal import Neural

/// A table that grows by a line for each step or validation: a CSV file, and some of its columns in
/// memory.
struct TrainingLog {
  private let path: String
  private let curves: [TrainingCurve]
  private var file: FileHandle?
  /// By line: the step, then the figure of each curve.
  private(set) var points: [(step: Int, values: [Float])] = []

  /// - Parameters:
  ///   - curves: Those whose figures are kept.
  ///   - step: Goes on with the file's lines up to this step; at 0 it begins anew.
  init(path: String, curves: [TrainingCurve], after step: Int) throws(PipelineError) {
    self.path = path
    self.curves = curves
    guard step > 0, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      if FileManager.default.fileExists(atPath: path) {
        try attempt { try FileManager.default.removeItem(atPath: path) }
      }
      return
    }
    let lines = text.split(separator: "\n")
    let names = (lines.first ?? "").split(separator: ",").map(String.init)
    let places = curves.map { names.firstIndex(of: $0.figure) }
    var kept = lines.prefix(1)
    for line in lines.dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let number = fields.first.flatMap({ Int($0) }), number <= step else { continue }
      kept.append(line)
      let values = places.map { place in
        place.flatMap { $0 < fields.count ? Float(fields[$0]) : nil } ?? .nan
      }
      points.append((number, values))
    }
    try open(kept.map { $0 + "\n" }.joined())
  }

  /// Adds a line.
  mutating func add(
    step: Int, _ figures: [(name: String, value: Float)],
    remark: (name: String, text: String)? = nil
  ) throws(PipelineError) {
    if file == nil {
      let names = ["step"] + figures.map(\.name) + (remark.map { [$0.name] } ?? [])
      try open(names.joined(separator: ",") + "\n")
    }
    let fields =
      [String(step)] + figures.map { String($0.value) } + (remark.map { [$0.text] } ?? [])
    let line = fields.map(quotedForCSV).joined(separator: ",") + "\n"
    try attempt { try file?.write(contentsOf: Data(line.utf8)) }
    let values = curves.map { curve in
      figures.first { $0.name == curve.figure }?.value ?? .nan
    }
    points.append((step, values))
  }

  private mutating func open(_ start: String) throws(PipelineError) {
    try attempt {
      try start.write(toFile: path, atomically: true, encoding: .utf8)
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file?.seekToEnd()
    }
  }

  private func attempt(_ body: () throws -> Void) throws(PipelineError) {
    do {
      try body()
    } catch {
      throw .unwritable(path: path, reason: sentence(for: error))
    }
  }

  /// What is drawn of each curve: means over at most a thousand runs of lines, which is as fine as a
  /// screen.
  var drawn: [[(x: Double, y: Double)]] {
    let length = max(1, (points.count + 999) / 1000)
    let runs = stride(from: 0, to: points.count, by: length).map {
      points[$0..<min($0 + length, points.count)]
    }
    return curves.indices.map { index in
      runs.compactMap { run in
        let values = run.map { Double($0.values[index]) }.filter(\.isFinite)
        guard !values.isEmpty, let last = run.last else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        return (Double(last.step), Double(curves[index].scale) * mean)
      }
    }
  }
}

/// A field as RFC 4180 has it.
private func quotedForCSV(_ field: String) -> String {
  guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
  return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}
