internal import Faces
internal import Foundation

extension ModelStore {
  /// The detector of faces, whose weights `Corpus/build` fetches.
  ///
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if no folder has all of its files.
  func faceDetector() throws -> MTCNN {
    let folder = folders.first { folder in
      MTCNN.fileNames.allSatisfy { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
    }
    guard let folder else {
      let names = MTCNN.fileNames.joined(separator: " ")
      throw PipelineError.unreadable(
        path: MTCNN.fileNames[0],
        reason: "it is not in \(places); \"Corpus/build \(names)\" fetches it")
    }
    return try MTCNN(weightsFolder: folder)
  }

  /// The network that tells people apart, whose weights `Corpus/build` fetches.
  ///
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` if it is in none of the folders.
  func faceRecognizer() throws -> FaceRecognizer {
    let name = FaceRecognizer.fileName
    guard let path = file(name) else {
      throw PipelineError.unreadable(
        path: name, reason: "it is not in \(places); \"Corpus/build \(name)\" fetches it")
    }
    return try FaceRecognizer(weightsPath: path)
  }
}
