import Foundation
import Media
import Pipelines
import QRSteganography
import Testing
import WeightFiles

/// Swift Testing has a type of this name, too.
private typealias Status = Pipelines.ExitStatus

struct ExitStatusTests {
  @Test(arguments: [
    (MediaError(.open, "a.mp4", "it is empty") as any Error, Status.unreadableInput),
    (MediaError(.decode, "a.mp4", "it is damaged"), .unreadableInput),
    (MediaError(.write, "a.mp4", "the disk is full"), .unwritableOutput),
    (MediaError(.encode, "a.mp4", "refused"), .unwritableOutput),
    (MediaError(.use, "quality 99", "too high"), .wrongUse),
    (QRCodeError.textEmpty, .wrongUse),
    (PipelineError.wrongUse("no"), .wrongUse),
    (PipelineError.noFace(path: "a"), .nothingFound),
    (PipelineError.unreadable(path: "a", reason: "b"), .unreadableInput),
    (PipelineError.unwritable(path: "a", reason: "b"), .unwritableOutput),
    (PipelineError.unfit(path: "a", model: "b", details: []), .unreadableInput),
    (WeightError.unreadable(path: "a", reason: "b"), .unreadableInput),
    (CancellationError(), .internalError),
  ])
  fileprivate func `every failure has its status`(_ error: any Error, _ status: Status) {
    #expect(Status(for: error) == status)
  }

  @Test func `the statuses are those that scripts rely on`() {
    let all: [Status] = [
      .done, .nothingFound, .wrongUse, .unreadableInput, .internalError, .unwritableOutput,
    ]
    #expect(all.map(\.rawValue) == [0, 1, 2, 3, 70, 73])
  }

  @Test func `a failure of the system is told in its own words`() {
    let reason = NSError(domain: NSPOSIXErrorDomain, code: 28)
    let error = CocoaError(.fileWriteOutOfSpace, userInfo: [NSUnderlyingErrorKey: reason])
    #expect(sentence(for: error) == "No space left on device")
  }

  @Test func `a failure is one line`() {
    #expect(
      sentence(for: PipelineError.unreadable(path: "a\nb", reason: "c\r\nd"))
        == "cannot read a b: c d")
  }
}
