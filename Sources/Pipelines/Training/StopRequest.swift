internal import Foundation
internal import Synchronization

/// Whether the process was asked to stop.
enum StopRequest {
  private static let flag = Atomic<Bool>(false)

  static var isMade: Bool { flag.load(ordering: .relaxed) }

  /// Makes the first SIGINT or SIGTERM a request, and leaves the second to the system.
  static func listen() {
    _ = isMade  // so that the handler finds it made
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        StopRequest.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }
}
