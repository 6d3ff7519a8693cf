import Foundation
import QRSteganography
import Testing

@testable import Pipelines

struct ModelStoreTests {
  @Test func `weights are looked for beside and above the program`() {
    let store = ModelStore.standard(executable: "/opt/x/bin/palimpsest", environment: [:])
    #expect(
      store.folders == [
        "/opt/x/share/palimpsest/weights", "/opt/x/bin/Corpus/weights",
        "/opt/x/bin/Corpus/samples", "/opt/x/Corpus/weights", "/opt/x/Corpus/samples",
        "/opt/Corpus/weights", "/opt/Corpus/samples",
      ])
  }

  @Test func `the environment overrides the search`() {
    let store = ModelStore.standard(
      executable: "/opt/x/bin/palimpsest", environment: ["PALIMPSEST_WEIGHTS": "/w"])
    #expect(store.folders == ["/w"])
  }

  @Test func `the first folder that has the file is taken`() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: base) }
    let folders = ["a", "b", "c"].map { base.appendingPathComponent($0) }
    for folder in folders {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    for folder in folders[1...] {
      try Data("x".utf8).write(to: folder.appendingPathComponent("dense-fast.safetensors"))
    }
    let store = ModelStore(folders: folders.map(\.path))
    #expect(try store.weightsPath(of: .denseFast) == folders[1].path + "/dense-fast.safetensors")
    #expect(throws: PipelineError.self) { try store.weightsPath(of: .dense103) }
    #expect(!store.hasWeights(of: .dense103))
  }
}
