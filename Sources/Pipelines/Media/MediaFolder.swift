internal import Foundation

/// The pictures and clips in folders and the folders below them, by their names' extensions.
struct MediaFolder: Sendable {
  private(set) var stills: [String] = []
  private(set) var clips: [String] = []

  private static let stillExtensions: Set<String> = [
    "png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff",
  ]
  private static let clipExtensions: Set<String> = [
    "mp4", "m4v", "mkv", "mov", "webm", "avi", "mpg", "mpeg", "ts", "gif", "flv", "wmv",
  ]

  /// - Parameter paths: Folders, or single files.
  /// - Throws: ``PipelineError/unreadable(path:reason:)`` for a path that does not exist or cannot be
  ///   listed, or if all of them together hold nothing.
  init(_ paths: [String]) throws(PipelineError) {
    for path in paths { try add(path, depth: 0) }
    stills.sort()
    clips.sort()
    guard !stills.isEmpty || !clips.isEmpty else {
      throw .unreadable(
        path: paths.joined(separator: ", "), reason: "there are no pictures or clips in it")
    }
  }

  private mutating func add(_ path: String, depth: Int) throws(PipelineError) {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "there is no such file or folder")
    }
    guard isFolder.boolValue else {
      let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
      if Self.stillExtensions.contains(ending) { stills.append(path) }
      if Self.clipExtensions.contains(ending) { clips.append(path) }
      return
    }
    guard depth < 16 else { return }  // a link that leads back up
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw .unreadable(path: path, reason: "the folder cannot be listed")
    }
    for name in names where !name.hasPrefix(".") {
      try add("\(path)/\(name)", depth: depth + 1)
    }
  }
}
