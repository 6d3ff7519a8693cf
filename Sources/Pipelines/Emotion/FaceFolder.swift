internal import Dispatch
internal import Emotion
internal import Foundation
internal import Media
internal import MediaTypes
internal import Synchronization

/// Photographs of faces in a folder with one folder per emotion, as FER-2013 and AffectNet come.
///
/// Folders are told apart by ``Emotion/Emotion/init(folder:)``; others are left out.
struct FaceFolder {
  let faces: FaceSet
  /// Folders and files that gave nothing, with the reasons.
  let failures: [String]

  /// - Parameters:
  ///   - emotions: Those that are wanted, each of which there must be; `nil` for all that there are.
  ///   - channels: 1 for luminance, 3 for red, green and blue.
  ///   - limit: Longest side to keep in memory; larger faces are reduced to it.
  init(
    _ path: String, emotions wanted: [Emotion]? = nil, channels: Int, limit: Int
  ) throws(PipelineError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .unreadable(path: path, reason: "the folder cannot be listed")
    }
    var folders: [Emotion: String] = [:]
    var failures: [String] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      guard let emotion = Emotion(folder: name), wanted?.contains(emotion) ?? true else {
        failures.append("\(path)/\(name): it is named after none of the emotions wanted")
        continue
      }
      folders[emotion] = "\(path)/\(name)"
    }
    let emotions = wanted ?? Emotion.allCases.filter { folders[$0] != nil }
    guard emotions.count > 1 else {
      throw .unreadable(path: path, reason: "it holds no folders named after emotions")
    }
    var files: [(path: String, label: Int)] = []
    for (label, emotion) in emotions.enumerated() {
      guard let folder = folders[emotion] else {
        throw .unreadable(path: path, reason: "it holds no folder named \(emotion.rawValue)")
      }
      files += try MediaFolder([folder]).stills.map { ($0, label) }
    }
    let (found, bad) = Self.read(files, channels: channels, limit: limit)
    faces = FaceSet(emotions: emotions, channels: channels, faces: found)
    self.failures = failures + bad
  }

  private static func read(
    _ files: [(path: String, label: Int)], channels: Int, limit: Int
  ) -> (faces: [FaceSet.Face], failures: [String]) {
    let found = Mutex<[Int: Result<FaceSet.Face, any Error>]>([:])
    let runs = (files.count + 63) / 64
    DispatchQueue.concurrentPerform(iterations: runs) { run in
      let part = 64 * run..<min(64 * run + 64, files.count)
      let results = part.map { index in
        Result {
          try readStill(path: files[index].path).face(
            label: files[index].label, channels: channels, limit: limit)
        }
      }
      found.withLock { for (index, result) in zip(part, results) { $0[index] = result } }
    }
    var faces: [FaceSet.Face] = []
    var failures: [String] = []
    for (index, result) in found.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      switch result {
      case .success(let face): faces.append(face)
      case .failure(let error): failures.append("\(files[index].path): \(sentence(for: error))")
      }
    }
    return (faces, failures)
  }
}

extension Picture {
  /// The picture as a face to learn from, upright.
  fileprivate func face(label: Int, channels: Int, limit: Int) throws -> FaceSet.Face {
    let upright = turnedUpright()
    let scale = min(1, Double(limit) / Double(max(upright.width, upright.height)))
    let format: PixelFormat = channels == 1 ? .gray8 : .rgb8
    var sized = upright
    if scale < 1 || upright.format != format {
      sized = try converted(
        upright, to: format, width: max(1, Int((Double(upright.width) * scale).rounded())),
        height: max(1, Int((Double(upright.height) * scale).rounded())))
    }
    let bytes = sized.planes.flatMap { plane -> [UInt8] in
      guard case .eight(let samples) = plane.samples else { return [] }
      return samples
    }
    return FaceSet.Face(width: sized.width, height: sized.height, bytes: bytes, label: label)
  }
}
