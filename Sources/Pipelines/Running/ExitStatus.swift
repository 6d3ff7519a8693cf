internal import Foundation
internal import Media
internal import Neural
internal import QRSteganography
internal import WeightFiles

/// What the process tells its caller when it ends.
public enum ExitStatus: Int32, Sendable {
  /// Done; of `verify`: a mark was found.
  case done = 0
  /// What was looked for is not there: of `verify` a mark, of `emote` and `detect` a face.
  case nothingFound = 1
  /// Unknown options, or ones that do not fit the files.
  case wrongUse = 2
  /// Input, weights included, that is missing, damaged or of the wrong kind.
  case unreadableInput = 3
  /// A defect of this program.
  case internalError = 70
  /// Output that cannot be created or written, as `EX_CANTCREAT` of `sysexits.h`.
  case unwritableOutput = 73

  public init(for error: any Error) {
    switch error {
    case let error as PipelineError:
      self =
        switch error {
        case .wrongUse: .wrongUse
        case .noFace: .nothingFound
        case .unreadable, .unfit: .unreadableInput
        case .unwritable: .unwritableOutput
        }
    case let error as MediaError:
      self =
        error.operation == .use
        ? .wrongUse : error.isAboutInput ? .unreadableInput : .unwritableOutput
    case is QRCodeError: self = .wrongUse
    case is WeightError: self = .unreadableInput
    default: self = .internalError
    }
  }
}

/// An error as one sentence on one line; where weights do not fit, with a line for each name.
public func sentence(for error: any Error) -> String {
  if case PipelineError.unfit = error { return "\(error)" }
  let text =
    switch error {
    case WeightError.mismatch(let path, let details) where details.count > 3:
      "the weights \(path) do not fit the model: \(details.prefix(3).joined(separator: "; ")); "
        + "and \(details.count - 3) more"
    case let error as CocoaError:
      // Foundation hides the system's own reason below one that says less.
      (error.underlying as? NSError)?.localizedFailureReason ?? error.localizedDescription
    case let error as any CustomStringConvertible & Error: error.description
    default: error.localizedDescription
    }
  return text.split(whereSeparator: \.isNewline).joined(separator: " ")
}
