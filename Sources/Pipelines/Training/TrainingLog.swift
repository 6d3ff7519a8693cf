internal import Foundation
internal import QRSteganography

/// The course of a training run: a line of CSV per step, and curves.
struct TrainingLog {
  private let path: String
  private let file: FileHandle
  private var steps: [StegoTrainingStep] = []
  /// Points of the curves from earlier parts of a resumed run.
  private var earlier: [Point] = []

  private struct Point {
    let step: Double
    let psnr: Double
    let error: Double
  }

  init(path: String, continues: Bool) throws(PipelineError) {
    self.path = path
    let before = continues ? (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" : ""
    let start = before.isEmpty ? StegoTrainingStep.csvHeader + "\n" : before
    do {
      try start.write(toFile: path, atomically: true, encoding: .utf8)
      file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try file.seekToEnd()
    } catch {
      throw .unwritable(path: path, reason: sentence(for: error))
    }
    let names = StegoTrainingStep.csvHeader.split(separator: ",")
    guard let psnr = names.firstIndex(of: "psnr"), let error = names.firstIndex(of: "smoothedError")
    else { return }
    earlier = before.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count > max(psnr, error), let step = Double(fields[0]),
        let decibels = Double(fields[psnr]), let share = Double(fields[error])
      else { return nil }
      return Point(step: step, psnr: decibels, error: share)
    }
  }

  mutating func add(_ step: StegoTrainingStep) throws(PipelineError) {
    steps.append(step)
    do {
      try file.write(contentsOf: Data("\(step.csvFields)\n".utf8))
    } catch {
      throw .unwritable(path: path, reason: sentence(for: error))
    }
  }

  /// The last ten steps in a line.
  func summary(seconds: Double) -> String {
    let recent = steps.suffix(10)
    guard let last = recent.last else { return "" }
    let psnr = recent.reduce(0) { $0 + Double($1.psnr) } / Double(recent.count)
    let wrong = recent.reduce(0) { $0 + Double($1.moduleError) } / Double(recent.count)
    return "step \(last.step): \(psnr.rounded(digits: 2)) dB (target "
      + "\(Double(last.target).rounded(digits: 2))), \((100 * wrong).rounded(digits: 1)) % of "
      + "modules wrong, \((seconds / Double(steps.count)).rounded(digits: 2)) s a step"
  }

  /// An SVG picture of the run.
  var curves: String {
    let points =
      earlier
      + steps.map {
        Point(step: Double($0.step), psnr: Double($0.psnr), error: Double($0.smoothedError))
      }
    // A thousand points are as fine as a screen.
    let every = max(1, points.count / 1000)
    let shown = points.enumerated().filter { $0.offset % every == 0 }.map(\.element)
    return Plot(
      title: "Training", xLabel: "step",
      curves: [
        .init(
          label: "PSNR in dB", points: shown.map { ($0.step, $0.psnr) }, color: "#1f6feb"),
        .init(
          label: "wrong modules in %", points: shown.map { ($0.step, 100 * $0.error) },
          color: "#d1242f"),
      ]
    ).svg
  }
}
