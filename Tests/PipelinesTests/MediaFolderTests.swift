import Foundation
import Testing

@testable import Pipelines

struct MediaFolderTests {
  @Test func `pictures and clips are found at any depth, in order`() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: base) }
    try FileManager.default.createDirectory(
      at: base.appendingPathComponent("deep/er"), withIntermediateDirectories: true)
    for name in ["b.PNG", "deep/er/a.jpg", "deep/film.mkv", "notes.txt", ".hidden.png"] {
      try Data().write(to: base.appendingPathComponent(name))
    }
    // A link that leads back up must not be followed for ever.
    try FileManager.default.createSymbolicLink(
      at: base.appendingPathComponent("deep/loop"), withDestinationURL: base)
    let folder = try MediaFolder([base.path + "/deep/er", base.path + "/b.PNG"])
    #expect(folder.stills == [base.path + "/b.PNG", base.path + "/deep/er/a.jpg"])
    let whole = try MediaFolder([base.path])
    #expect(whole.clips.first == base.path + "/deep/film.mkv")
    #expect(whole.stills.contains(base.path + "/deep/er/a.jpg"))
    #expect(!whole.stills.contains { $0.contains("hidden") })
  }

  @Test(arguments: ["/nowhere", "/proc/self/fdinfo"])
  func `missing and empty folders are refused`(_ path: String) {
    #expect(throws: PipelineError.self) { try MediaFolder([path]) }
  }
}
