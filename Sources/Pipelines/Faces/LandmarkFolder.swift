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
struct LandmarkFolder<Sample: Sendable> {
  /// Of everybody but the held ones.
  let samples: [Sample]
  /// Of ``PeopleFolder/held``.
  let held: [Sample]
  /// Lines that could not be used.
  let failures: Int

  /// - Parameter make: Makes a sample of a photograph and its points, unless they make no face.
  init(
    _ path: String, _ make: @Sendable (Raster, Landmarks) -> Sample?
  ) throws(PipelineError) {
    let file = "\(path)/landmarks68.csv"
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw .unreadable(path: file, reason: "the points of the faces are read from it")
    }
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let heldPeople = Set(try PeopleFolder(path).held.map(\.name))
    let results = Mutex(
      [(isHeld: Bool, sample: Sample)?](repeating: nil, count: lines.count))
    DispatchQueue.concurrentPerform(iterations: lines.count) { index in
      let fields = lines[index]
      guard fields.count == 137, let name = fields.first,
        let person = name.split(separator: "/").first,
        let sample = Self.sample(
          "\(path)/\(name)", fields.dropFirst().compactMap { Double($0) }, make)
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

  private static func sample(
    _ path: String, _ numbers: [Double], _ make: (Raster, Landmarks) -> Sample?
  ) -> Sample? {
    guard numbers.count == 136, numbers.allSatisfy(\.isFinite),
      let picture = try? readStill(path: path)
    else { return nil }
    let points = (0..<68).map { Point(x: numbers[2 * $0], y: numbers[2 * $0 + 1]) }
    return make(Raster(rgb: picture), Landmarks(points))
  }
}
