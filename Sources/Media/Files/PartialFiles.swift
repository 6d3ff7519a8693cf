internal import Glibc
internal import Synchronization

/// The unfinished files of this process, so that a signal handler can remove them.
public enum PartialFiles {
  static let capacity = 256
  /// C strings, since a signal handler may neither allocate nor lock.
  private nonisolated(unsafe) static let slots: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> =
    {
      let slots = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
      slots.initialize(repeating: nil, count: capacity)
      return slots
    }()
  private static let lock = Mutex<Void>(())

  /// Prepares `removeAll()` to be called from a signal handler; call it before installing one.
  public static func prepare() {
    _ = slots
  }

  /// Removes every unfinished file.
  ///
  /// Only calls `unlink`, so a handler of SIGINT or SIGTERM may call it before `_exit`, if
  /// ``prepare()`` was called before or any file was begun.
  public static func removeAll() {
    removeAll { _ in true }
  }

  /// Removes the unfinished files whose paths are wanted.
  static func removeAll(where isWanted: (UnsafePointer<CChar>) -> Bool) {
    for index in 0..<capacity {
      if let path = slots[index], isWanted(path) { unlink(path) }
    }
  }

  static func add(_ path: String) {
    lock.withLock { _ in
      guard let free = (0..<capacity).first(where: { slots[$0] == nil }) else { return }
      slots[free] = strdup(path)
    }
  }

  static func remove(_ path: String) {
    lock.withLock { _ in
      for index in 0..<capacity {
        guard let entry = slots[index], strcmp(entry, path) == 0 else { continue }
        slots[index] = nil
        // The string is not freed: a signal handler may be reading it at this moment.
        return
      }
    }
  }
}
