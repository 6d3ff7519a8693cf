internal import Glibc

/// What can be said of a file before a library opens it.
enum InputFile {
  /// Checks that `path` is a readable, regular file with something in it.
  static func check(_ path: String) throws(MediaError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw systemError(.open, path) }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      throw MediaError(.open, path, "it is a folder")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw MediaError(.open, path, "it is not a regular file")
    }
    guard access(path, R_OK) == 0 else { throw systemError(.open, path) }
    guard status.st_size > 0 else { throw MediaError(.open, path, "it is empty") }
  }

  /// Up to `count` bytes from `offset`; fewer at the end of the file.
  static func bytes(
    of path: String, from offset: Int = 0, count: Int
  ) throws(MediaError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw systemError(.open, path) }
    defer { close(file) }
    var status = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        status = pread(
          file, buffer.baseAddress.map { $0 + filled }, count - filled, offset + filled)
        guard status > 0 else { break }
        filled += status
      }
    }
    guard status >= 0 else { throw systemError(.read, path) }
    return bytes
  }

  /// The whole file, which must be no larger than a still picture may be.
  static func allBytes(of path: String) throws(MediaError) -> [UInt8] {
    try check(path)
    var status = stat()
    guard stat(path, &status) == 0 else { throw systemError(.open, path) }
    guard status.st_size <= 1 << 31 else {
      throw MediaError(.read, path, "a still picture of more than 2 GiB is not read")
    }
    return try bytes(of: path, count: Int(status.st_size))
  }
}

/// The reason that the last failed system call left in `errno`.
func systemError(_ operation: MediaError.Operation, _ subject: String) -> MediaError {
  MediaError(operation, subject, String(cString: strerror(errno)))
}
