internal import Dispatch
internal import Faces
internal import Foundation
internal import Imaging
internal import Media
internal import Synchronization

/// Photographs of people, a folder for each, with points in `landmarks68.csv`.
///
/// A line of the file names a photograph, `PERSON/NAME.jpg`, then gives 68 times `x, y` in samples,
/// in the order of iBUG 300-W.
struct LandmarkFolder {
  /// Of everybody but the held ones.
  let samples: [LandmarkSample]
  /// Of ``PeopleFolder/held``.
  let held: [LandmarkSample]
  /// Lines that could not be used.
  let failures: Int

  init(_ path: String) throws(PipelineError) {
    let file = "\(path)/landmarks68.csv"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw .unreadable(path: file, reason: "the points of the faces are read from it")
    }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let heldPeople = Set(try PeopleFolder(path).held.map(\.name))
    let results = Mutex(
      [(isHeld: Bool, sample: LandmarkSample)?](repeating: nil, count: lines.count))
    DispatchQueue.concurrentPerform(iterations: lines.count) { index in
      let fields = lines[index]
      guard fields.count == 137, let name = fields.first,
        let person = name.split(separator: "/").first,
        let sample = Self.sample("\(path)/\(name)", fields.dropFirst().compactMap { Double($0) })
      else { return }
      results.withLock { $0[index] = (heldPeople.contains(String(person)), sample) }
    }
    let found = results.withLock { $0.compactMap(\.self) }
    samples = found.filter { !$0.isHeld }.map(\.sample)
    held = found.filter(\.isHeld).map(\.sample)
    failures = lines.count - found.count
    guard !samples.isEmpty else {
      throw .unreadable(path: file, reason: "none of its lines has a photograph and 68 points")
    }
  }

  private static func sample(_ path: String, _ numbers: [Double]) -> LandmarkSample? {
    guard numbers.count == 136, numbers.allSatisfy(\.isFinite),
      let picture = try? readStill(path: path)
    else { return nil }
    let points = (0..<68).map { Point(x: numbers[2 * $0], y: numbers[2 * $0 + 1]) }
    return LandmarkSample(Raster(rgb: picture), landmarks: Landmarks(points))
  }
}
