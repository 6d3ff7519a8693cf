internal import Glibc

/// A file that is written beside its final name and takes that name only when it is complete.
///
/// Unless `finish()` succeeds nothing is left of it.
final class PartialFile {
  /// The name asked for, as errors should give it.
  let finalPath: String
  /// Where the bytes go until then: `.NAME.RANDOM.partial` in the same folder.
  let path: String
  private let target: String
  private var isOpen = true

  /// - Throws: ``MediaError`` for `write` if the folder is missing or not writable, or if the name
  ///   is taken by something that is not a regular file.
  init(for finalPath: String) throws(MediaError) {
    self.finalPath = finalPath
    let target = try PartialFile.resolved(finalPath)
    self.target = target
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { String(target[...$0]) } ?? ""
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    // Long names leave no room for what is added; the extension is not needed.
    let random = String(UInt32.random(in: .min ... .max), radix: 36)
    path = "\(folder).\(String(name.prefix(60))).\(random).partial"
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else {
      let reason = errno == ENOENT ? "its folder does not exist" : String(cString: strerror(errno))
      isOpen = false
      throw MediaError(.write, finalPath, reason)
    }
    close(file)
    PartialFiles.add(path)
  }

  deinit {
    discard()
  }

  /// Gives the complete file its name.
  func finish() throws(MediaError) {
    guard isOpen else { return }
    guard rename(path, target) == 0 else {
      let error = systemError(.write, finalPath)
      discard()
      throw error
    }
    isOpen = false
    PartialFiles.remove(path)
  }

  /// Removes what was written.
  func discard() {
    guard isOpen else { return }
    isOpen = false
    unlink(path)
    PartialFiles.remove(path)
  }

  /// Writes `bytes` as a whole file under `finalPath`.
  static func write(_ bytes: [UInt8], to finalPath: String) throws(MediaError) {
    let partial = try PartialFile(for: finalPath)
    let file = open(partial.path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw systemError(.write, finalPath) }
    var (written, status) = (0, 0)
    bytes.withUnsafeBytes { buffer in
      while written < buffer.count {
        status = Glibc.write(
          file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
        guard status > 0 else { break }
        written += status
      }
    }
    let error = systemError(.write, finalPath)
    // A network or full disk may tell only now.
    guard close(file) == 0, written == bytes.count else { throw error }
    try partial.finish()
  }

  /// The file behind a symbolic link, so that the link stays one.
  private static func resolved(_ path: String) throws(MediaError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      guard !path.isEmpty, !path.hasSuffix("/") else {
        throw MediaError(.write, path, "it is not a file name")
      }
      return path
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw MediaError(.write, path, "it is a folder")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MediaError(.write, path, "it is not a regular file")
    }
    guard let real = realpath(path, nil) else { throw systemError(.write, path) }
    defer { free(real) }
    return String(cString: real)
  }
}
