internal import CFFmpeg

/// A failure to read or write media: what was attempted, on what, and why it failed.
public struct MediaError: Error, Hashable, CustomStringConvertible {
  public enum Operation: String, Sendable {
    case open
    case read
    case decode
    case encode
    case write
    /// A codec, quality or preset asked for that does not exist or does not fit.
    case use
  }

  public let operation: Operation
  /// The file, or what else was worked on.
  public let subject: String
  public let reason: String

  public init(_ operation: Operation, _ subject: String, _ reason: String) {
    self.operation = operation
    self.subject = subject
    self.reason = reason
  }

  init(_ operation: Operation, _ subject: String, code: Int32) {
    self.init(operation, subject, ffmpegReason(code))
  }

  /// Whether what was given to read is at fault, and not what was to be written or asked for.
  public var isAboutInput: Bool {
    switch operation {
    case .open, .read, .decode: true
    case .encode, .write, .use: false
    }
  }

  public var description: String { "cannot \(operation.rawValue) \(subject): \(reason)" }
}

/// Passes a status that is not an error.
@discardableResult
func check(
  _ status: Int32, _ operation: MediaError.Operation, _ subject: String
) throws(MediaError) -> Int32 {
  guard status >= 0 else { throw MediaError(operation, subject, code: status) }
  return status
}

private func ffmpegReason(_ code: Int32) -> String {
  if code == cffmpeg_error_invalid_data { return "the data is damaged or of no known format" }
  var text = [CChar](repeating: 0, count: 256)
  av_strerror(code, &text, text.count)
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Keeps FFmpeg from printing; every handle's `init` touches it.
let ffmpegIsSilent: Bool = {
  av_log_set_level(AV_LOG_QUIET)
  return true
}()
