internal import Foundation
internal import Media

/// What happens when the process is told to stop.
public enum Interruption {
  /// Makes SIGINT, SIGTERM and SIGHUP remove every unfinished file and end the process with status
  /// 128 plus the signal's number, as shells count.
  ///
  /// SIGPIPE keeps its default, so that the process ends quietly when its reader has gone. SIGXFSZ is
  /// ignored, so that a file that may not grow is a failure to write like others.
  public static func removePartialFiles() {
    PartialFiles.prepare()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Nothing but `unlink` and `_exit`, which a signal handler may call.
      signal(number) { number in
        PartialFiles.removeAll()
        _exit(128 + number)
      }
    }
    signal(SIGPIPE, SIG_DFL)
    signal(SIGXFSZ, SIG_IGN)
  }
}
